//! Known answers: what logistic regression must find.

use super::*;

const FREE: f64 = f64::INFINITY;

fn start(weights: &[f64], penalty: f64) -> Start {
    let n = weights.len();
    Start { weights: weights.to_vec(), penalty: vec![penalty; n], least: vec![-FREE; n], most: vec![FREE; n] }
}

/// `yes` matches and `no` non-matches that all show the same evidence.
fn alike(row: &[f32], yes: usize, no: usize, offset: f32) -> Sample {
    let n = yes + no;
    let labels = (0..n).map(|k| if k < yes { 1.0 } else { 0.0 }).collect();
    Sample { rows: row.repeat(n), labels, offsets: vec![offset; n], importance: 1.0 }
}

#[test]
fn one_feature_is_worth_the_log_of_its_odds() {
    let found = fit(&[alike(&[1.0], 800, 100, 0.0)], &start(&[0.0], 0.0), 50);
    assert!(found.converged);
    assert!((found.weights[0] - 3.0).abs() < 1e-6, "{:?}", found.weights);
}

#[test]
fn what_is_known_before_is_taken_off() {
    let found = fit(&[alike(&[1.0], 800, 100, -5.0)], &start(&[0.0], 0.0), 50);
    assert!((found.weights[0] - 8.0).abs() < 1e-6, "{:?}", found.weights);
}

#[test]
fn two_features_are_told_apart() {
    let samples = [alike(&[1.0, 0.0], 400, 100, 0.0), alike(&[0.0, 2.0], 100, 1600, 0.0)];
    let found = fit(&samples, &start(&[0.0, 0.0], 0.0), 50);
    assert!((found.weights[0] - 2.0).abs() < 1e-6 && (found.weights[1] + 2.0).abs() < 1e-6, "{:?}", found.weights);
}

#[test]
fn soft_labels_say_the_same_as_shares() {
    let mut soft = alike(&[1.0], 9, 0, 0.0);
    soft.labels = vec![8.0 / 9.0; 9];
    let found = fit(&[soft], &start(&[0.0], 0.0), 50);
    assert!((found.weights[0] - 3.0).abs() < 1e-5);
}

#[test]
fn importance_is_repetition() {
    let mut once = alike(&[1.0], 8, 1, 0.0);
    once.importance = 100.0;
    let (few, many) = (fit(&[once], &start(&[0.0], 2.0), 50), fit(&[alike(&[1.0], 800, 100, 0.0)], &start(&[0.0], 2.0), 50));
    assert!((few.weights[0] - many.weights[0]).abs() < 1e-6);
    assert!((few.surprise - many.surprise).abs() < 1e-6 * many.surprise);
}

#[test]
fn separable_data_stay_finite_and_near_the_start() {
    let found = fit(&[alike(&[1.0], 1000, 0, 0.0)], &start(&[1.0], 0.5), 50);
    assert!(found.converged && found.weights[0] > 5.0 && found.weights[0] < 30.0, "{:?}", found.weights);
}

#[test]
fn without_data_the_start_stays() {
    let found = fit(&[alike(&[1.0, 0.0], 50, 50, 0.0)], &start(&[4.0, -7.0], 0.0), 50);
    assert!(found.weights[0].abs() < 1e-6);
    assert_eq!((found.weights[1], found.information[1]), (-7.0, 0.0));
}

#[test]
fn bounds_hold_and_the_others_make_up_for_it() {
    let samples = [alike(&[1.0, 0.0], 100, 400, 0.0), alike(&[0.0, 1.0], 400, 100, 0.0)];
    let mut from = start(&[1.0, 1.0], 0.0);
    from.least[0] = 0.0;
    let found = fit(&samples, &from, 50);
    assert_eq!(found.weights[0], 0.0);
    assert!((found.weights[1] - 2.0).abs() < 1e-6);
}

#[test]
fn a_bound_reached_on_the_way_does_not_end_the_search() {
    // Alone, each feature speaks for a match; together they are no more than the first, so the second would turn round.
    let samples = [alike(&[1.0, 1.0, 0.0], 700, 300, 0.0), alike(&[1.0, 0.0, 1.0], 950, 50, 0.0), alike(&[0.0, 1.0, 1.0], 100, 900, 0.0)];
    for begin in [[4.0, 0.01, -6.0], [0.5, 3.0, 0.0], [0.01, 0.01, 0.01], [9.0, 9.0, 9.0]] {
        let mut from = start(&begin, 1e-6);
        from.least[1] = 0.0;
        let found = fit(&samples, &from, 100);
        let mut alone = start(&[0.0, 0.0, 0.0], 1e-6);
        (alone.least[1], alone.most[1]) = (0.0, 0.0);
        let wanted = fit(&samples, &alone, 100);
        assert!(found.converged);
        for k in 0..3 {
            assert!((found.weights[k] - wanted.weights[k]).abs() < 1e-3, "{begin:?} {:?} {:?}", found.weights, wanted.weights);
        }
    }
}

#[test]
fn equal_features_share_what_they_say() {
    let found = fit(&[alike(&[1.0, 1.0], 800, 100, 0.0)], &start(&[0.0, 0.0], 0.0), 50);
    assert!((found.weights[0] + found.weights[1] - 3.0).abs() < 1e-4, "{:?}", found.weights);
}

#[test]
fn far_off_starts_come_back() {
    for from in [-300.0, 300.0] {
        let found = fit(&[alike(&[1.0], 800, 100, 0.0)], &start(&[from], 1e-9), 200);
        assert!((found.weights[0] - 3.0).abs() < 1e-3, "{from} {:?}", found.weights);
    }
}

#[test]
fn no_rounds_measure_the_start() {
    let found = fit(&[alike(&[1.0], 1, 1, 0.0)], &start(&[0.0], 0.0), 0);
    assert!((found.surprise - 2.0 * LN_2).abs() < 1e-12);
    assert_eq!(found.rounds, 0);
}

#[test]
fn threads_change_no_bit() {
    let rows: Vec<f32> = (0..3 * 50_000u32).map(|k| (k.wrapping_mul(2_654_435_761) >> 24) as f32 / 64.0).collect();
    let labels: Vec<f32> = (0..50_000u32).map(|k| (k.wrapping_mul(40_503) >> 7 & 1) as f32).collect();
    let samples = [Sample { rows, labels, offsets: vec![-1.0; 50_000], importance: 0.7 }];
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&samples, &start(&[0.0; 3], 1.0), 20).weights)
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn shapes_are_checked() {
    let fine = alike(&[1.0], 1, 1, 0.0);
    assert!(check(&[fine], &start(&[0.0], 0.0)).is_ok());
    assert!(check(&[alike(&[1.0, 2.0], 1, 1, 0.0)], &start(&[0.0], 0.0)).is_err());
    let mut odd = alike(&[1.0], 1, 1, 0.0);
    odd.labels[0] = f32::NAN;
    assert!(check(&[odd], &start(&[0.0], 0.0)).is_err());
    let mut crossed = start(&[0.0], 0.0);
    crossed.least[0] = 1.0;
    crossed.most[0] = 0.0;
    assert!(check(&[], &crossed).is_err());
}
