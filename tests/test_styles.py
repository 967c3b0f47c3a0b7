"""Style sheets without what no page can meet lose nothing that one can."""

import gzip
import re

import pytest
from extensions.slim import OURS
from manuscript import EDITIONS
from styles import known_classes, used_only


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".a,.b{x:1}", ".a{x:1}"),
        (".a .b,p > .a{x:1}", "p > .a{x:1}"),
        (".b{x:1}.a:not(.b){x:2}", ".a:not(.b){x:2}"),
        (".a:is(.b,.c,:not(.d,.e)),.b{x:1}", ".a:is(.b,.c,:not(.d,.e)){x:1}"),
        ("@media print{.b{x:1}}p{x:2}", "p{x:2}"),
        ("@layer theme{@media print{.b{x:1}.a{x:2}}}", "@layer theme{@media print{.a{x:2}}}"),
        ("@font-face{x:1}@keyframes k{0%{x:1}to{x:2}}", "@font-face{x:1}@keyframes k{0%{x:1}to{x:2}}"),
        ("/* .b{ */.a{x:1}", ".a{x:1}"),
        (".tip-top,.top-tip{x:1}", ".tip-top{x:1}"),
    ],
)
def test_a_rule_stays_for_what_a_page_may_have(css, left):
    assert used_only(css, {"a", "tip-"}) == left


@pytest.mark.site
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sheets_of_the_site_are_whole_and_light(site, edition):
    folder = site / edition / "_static"
    theirs = [sheet for sheet in folder.rglob("*.css") if sheet.relative_to(folder) not in OURS]
    assert len(theirs) > 5
    for sheet in theirs:
        css = re.sub(r'"[^"]*"', "", sheet.read_text(encoding="utf-8"))
        assert css.count("{") == css.count("}"), sheet
    known = known_classes(site / edition)
    assert {"admonition", "headerlink", "highlighted"} <= known
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in theirs) < 30_000
