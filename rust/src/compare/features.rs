//! The comparisons and their levels: everything two records can say for or against being the same person.
//!
//! A weight file gives each one a factor in bits; the match weight is the sum. Order and names are part of the file format.

macro_rules! features {
    ($($name:ident $text:literal $start:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Feature { $($name),* }
        pub const FEATURES: usize = [$($text),*].len();
        pub const FEATURE_NAMES: [&str; FEATURES] = [$($text),*];
        /// Weights to begin learning with: what frequencies alone say.
        pub const START: [f32; FEATURES] = [$($start),*];
    };
}

features! {
    NameFirst "name.first" 1.0
    NameFirstReplaced "name.first_replaced" 0.7
    NameRest "name.rest" 0.8
    NameMore "name.more" -2.0
    NameRestReplaced "name.rest_replaced" 0.4
    NameMoreReplaced "name.more_replaced" -2.0
    NameHalf "name.half" -3.0
    NameReplaced "name.replaced" -6.0
    NameOmitted "name.omitted" -1.0
    NameComplete "name.complete" 2.0
    NameCompleteMore "name.complete_more" 2.0
    NameSingle "name.single" -3.0
    NameSpelling "name.spelling" -1.0
    NameScript "name.script" -0.5
    NameReplacedScript "name.replaced_script" -4.0
    NameOmittedScript "name.omitted_script" -1.0
    NameSpellingScript "name.spelling_script" -1.0
    NameSpellingSigns "name.spelling_signs" -1.0
    NameWeak "name.weak" -3.0
    NameAliases "name.aliases" -0.5
    NameNone "name.none" -12.0
    NameNoneScript "name.none_script" 5.0
    BirthDay "birth.day" 13.0
    BirthNewYear "birth.new_year" 6.0
    BirthSwapped "birth.swapped" 9.0
    BirthTwoOfThree "birth.two_of_three" 5.0
    BirthMonth "birth.month" 8.0
    BirthYear "birth.year" 5.0
    BirthYearOnly "birth.year_other_day" 0.0
    BirthNear "birth.near" 1.5
    BirthFar "birth.far" -6.0
    BirthConflict "birth.conflict" -9.0
    GenderSame "gender.same" 0.5
    GenderConflict "gender.conflict" -5.0
    NationalitySame "nationality.same" 0.6
    NationalityConflict "nationality.conflict" -2.0
    PlaceSame "place.same" 0.5
    PlaceConflict "place.conflict" -1.0
    IdentifierSame "identifier.same" 14.0
    IdentifierConflict "identifier.conflict" -0.5
    CitySame "city.same" 0.6
    CityConflict "city.conflict" -1.0
    PostcodeSame "postcode.same" 0.5
    PostcodeConflict "postcode.conflict" -0.7
    PlaceKin "place.kin" -0.3
    PhoneSame "phone.same" 13.0
    PhoneConflict "phone.conflict" -0.3
    EmailSame "email.same" 13.0
    EmailConflict "email.conflict" -0.3
    AloneFirst "alone.first" 1.0
    AloneFirstReplaced "alone.first_replaced" 0.7
    AloneRest "alone.rest" 0.8
    AloneMore "alone.more" -2.0
    AloneRestReplaced "alone.rest_replaced" 0.4
    AloneMoreReplaced "alone.more_replaced" -2.0
    AloneHalf "alone.half" -3.0
    AloneReplaced "alone.replaced" -12.0
    AloneOmitted "alone.omitted" -1.0
    AloneComplete "alone.complete" 2.0
    AloneCompleteMore "alone.complete_more" 2.0
    AloneSingle "alone.single" -3.0
    AloneSpelling "alone.spelling" -1.0
    AloneLone "alone.lone" -12.0
    AloneInitial "alone.initial" 0.0
    AloneSlips "alone.slips" -1.0
    AloneUnlike "alone.unlike" -3.0
    AloneNear "alone.near" 4.0
}

pub type Evidence = [f32; FEATURES];

/// The features of the parts of a name, first in the list; those of names that stand alone follow in the same order from `ALONE`.
const PART_FEATURES: usize = Feature::NameSpelling as usize + 1;
const ALONE: usize = Feature::AloneFirst as usize;

/// Whether no more than names, gender and nationality could be compared: then parts of names are weighed by weights of their own.
pub fn is_alone(evidence: &Evidence) -> bool {
    let silent = |from: Feature, to: Feature| evidence[from as usize..=to as usize].iter().all(|v| *v == 0.0);
    silent(Feature::BirthDay, Feature::BirthConflict) && silent(Feature::PlaceSame, Feature::EmailConflict)
}

/// Moves what parts of names say to where names that stand alone are weighed.
pub fn set_alone(evidence: &mut Evidence) {
    evidence.copy_within(..PART_FEATURES, ALONE);
    evidence[..PART_FEATURES].fill(0.0);
}

/// Takes what one part that was asked for leaves over of a name for unknown: it was not said, which is not the same as left out.
/// And of one part another spelling is no evidence, as it is among parts that all agree.
pub fn set_unsaid(evidence: &mut Evidence) {
    let left = [Feature::NameOmitted, Feature::NameOmittedScript, Feature::NameSingle];
    let spelled = [Feature::NameSpelling, Feature::NameSpellingScript, Feature::NameSpellingSigns];
    left.into_iter().chain(spelled).for_each(|feature| evidence[feature as usize] = 0.0);
}
