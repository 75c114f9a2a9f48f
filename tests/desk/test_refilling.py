"""A form that is shown again holds what was typed, as text and nowhere else."""

import re

import pytest

from tallystick.desk.refilling import refilled

PAGE = """<main lang="x"><p>\u2028 before</p>
<form method="post" action="/other"><input type="text" name="name" value="kept"></form>
<details id="away"><summary>more</summary><form method="post" action="/it">
<input type="hidden" name="csrf" value="t"><input type="hidden" name="claim" value="c1">
<input type="text" name="name"></form></details>
<details id="it"><summary>more</summary><form method="post" action="/it">
<input type="hidden" name="csrf" value="t"><input type="hidden" name="claim" value="c2">
<input type="text" id="a" name="name" value="old" maxlength="9" required><input type="password" name="secret">
<select name="kind"><option value="">–</option>
<option value="border" selected>border</option><option value="arrest">arrest</option></select>
<input type="radio" name="verdict" value="same" checked><input type="radio" name="verdict" value="not-same">
<input type="checkbox" name="fields" value="names" checked><input type="checkbox" name="fields" value="phones">
<textarea name="text">old</textarea></form></details></main>"""
GIVEN = {
    "csrf": ["u"], "claim": ["c2"], "name": ['"><script>x</script>'], "secret": ["s"], "kind": ["arrest"],
    "verdict": ["not-same"], "fields": ["phones"], "text": ["</textarea><b>"],
}  # fmt: skip


def test_the_form_that_was_sent_is_filled_in_and_unfolded() -> None:
    page = refilled(PAGE, "/it", GIVEN)
    before, it = page.split('<details id="it"')
    assert PAGE.startswith(before)
    assert it.startswith(" open>")
    assert 'value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;" maxlength="9" required>' in it
    assert '<option value="border">' in it
    assert '<option value="arrest" selected>' in it
    assert re.findall(r'value="([\w-]+)" checked', it) == ["not-same", "phones"]
    assert '<textarea name="text">\n&lt;/textarea&gt;&lt;b&gt;</textarea>' in it
    assert 'name="csrf" value="t"' in it
    assert '<input type="password" name="secret">' in it


@pytest.mark.parametrize(("action", "given"), [("/none", GIVEN), ("/it", {**GIVEN, "claim": ["c3"]})])
def test_a_form_that_is_not_there_changes_nothing(action: str, given: dict[str, list[str]]) -> None:
    assert refilled(PAGE, action, given) == PAGE
