"""Pages of shapes that news sites have, with texts of our own: what an author says in them, and what stands around it.

Whatever an author says has the word `Norland` in it; what must never be in the main text has the word `wrongzone`.
"""

import json
from collections.abc import Mapping
from typing import Final

SAID: Final = (
    "The harbour master of Norland counted forty ships on the day when the old bridge was opened again to everybody.",
    "A spokeswoman of the ministry said on Tuesday that Norland would pay for the second bridge before the end of the year.",
    "Three engineers who had worked on it told our reporter that nobody in Norland had asked them about the lorries.",
    "The customs of Norland, according to a report that was published last week, found nothing on board of the two grey boats.",
    "Whether the ferry to the islands of Norland goes on in winter, the council will decide in its last session in December.",
    "People who live near the northern quay of Norland have complained for years about the noise that the cranes make at night.",
)
ARABIC: Final = (
    "قال متحدث باسم وزارة النقل في Norland يوم الثلاثاء إن الجسر القديم سيفتح أمام الجميع قبل نهاية العام الحالي.",
    "وأوضح التقرير الذي نشرته الجمارك في Norland الأسبوع الماضي أنه لم يعثر على أي شيء على متن القاربين الرماديين.",
    "وأكد ثلاثة مهندسين عملوا في المشروع أن أحدا في Norland لم يسألهم عن وزن الشاحنات التي تعبر الجسر كل يوم.",
    "وسيقرر المجلس في جلسته الأخيرة في كانون الأول ما إذا كانت العبارة إلى جزر Norland ستستمر في فصل الشتاء.",
)
HEADLINE: Final = "Norland counts its ships again after the bridge has opened"
ARABIC_HEADLINE: Final = "سفن Norland بعد افتتاح الجسر من جديد"
COMMENT: Final = "What a silly wrongzone text this is, I have never liked that harbour at all, and I have lived there for years."
REPLY: Final = "You are quite wrong about this wrongzone question, dear neighbour, since the harbour has always been best."
STORY: Final = "Minister resigns after a wrongzone vote in the parliament of another country on Thursday evening"
CAPTION: Final = "The old bridge in the morning, seen from the northern quay, in a wrongzone photograph of last year."
LEGAL: Final = "This wrongzone site will not be responsible for any message of its readers. All rights reserved."
COOKIES: Final = "We and our 842 wrongzone partners store information on your device and process data such as unique identifiers."


def _p(*sentences: str) -> str:
    return "".join(f"<p>{each}</p>\n" for each in sentences)


def _divs(*texts: str) -> str:
    return "".join(f"<div>{each}</div>" for each in texts)


def _page(*parts: str, head: str = "", language: str = "en", direction: str = "ltr") -> str:
    title = f'<meta charset="utf-8"><title>{HEADLINE} | The Courier</title>{head}'
    body = "\n".join(parts)
    return f'<!doctype html><html lang="{language}" dir="{direction}"><head>{title}</head><body>{body}</body></html>'


def _thread(deep: int) -> str:
    """Return a comment with replies within replies, as widgets draw them."""
    inner = f'<div class="children">{_thread(deep - 1)}</div>' if deep else ""
    head = f'<div class="cmt-head"><span class="user">reader{deep}</span><time>2 hours ago</time></div>'
    body = f'<div class="cmt-body"><p>{COMMENT if deep % 2 else REPLY}</p></div>'
    return f'<div class="cmt" data-id="{deep}">{head}{body}<div class="cmt-foot"><button>Reply</button></div>{inner}</div>'


def _post(number: int, said: str) -> str:
    head = f'<header><time datetime="2026-11-27T0{number}:00Z">0{number}:00</time><h3>Norland, update {number}</h3></header>'
    share = '<div class="share"><a href="#">Share wrongzone</a></div>'
    return f'<article class="post" id="p{number}">{head}<p>{said}</p>{share}</article>'


_STORIES = f'<a href="/1">{STORY}</a>', f'<a href="/2">{STORY} once more</a>'
_LIST = "".join(f"<li>{each}</li>" for each in _STORIES)
_NAV = '<header><a href="/">The Courier</a><nav><ul><li><a href="/p">Politics wrongzone</a></li></ul></nav></header>'
_TOP = f'<aside class="top"><h2>Top stories</h2><ul>{_LIST}</ul></aside>'
_FOOT = f"<footer><p>{LEGAL}</p></footer>"
_FIGURE = f'<figure><img src="a.jpg" alt="wrongzone"><figcaption>{CAPTION}</figcaption></figure>'
_H1 = f"<h1>{HEADLINE}</h1>"
_COMMENTS = f'<section id="comments"><h2>Comments</h2>{_thread(2)}</section>'
_DESCRIBED = json.dumps({
    "@context": "https://schema.org", "@graph": [
        {"@type": "WebSite", "headline": "wrongzone", "name": "The Courier"},
        {"@type": "NewsArticle", "headline": HEADLINE, "articleBody": '"Norland" \\ &amp; ' + "\n\n".join(SAID)},
    ],
})  # fmt: skip

SHAPES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "live blog": (
        _page(
            _NAV, "<main>", _H1, '<div class="live-feed">', *map(_post, range(6), SAID), "</div></main>", _TOP, _COMMENTS, _FOOT
        ),
        SAID,
    ),
    "accelerated page": (
        _page(
            '<amp-sidebar id="s" layout="nodisplay"><ul><li>wrongzone</li></ul></amp-sidebar><article class="amp-wp-article">',
            f'<header class="amp-wp-article-header"><h1 class="amp-wp-title">{HEADLINE}</h1></header>',
            '<amp-img src="a.jpg" alt="wrongzone"></amp-img><div class="amp-wp-article-content">', _p(*SAID[:3]),
            '<figure class="wp-caption"><amp-img src="b.jpg"></amp-img>',
            f'<figcaption class="wp-caption-text">{CAPTION}</figcaption></figure>', _p(*SAID[3:]), "</div></article>",
            f'<amp-consent id="c"><div>{COOKIES}</div></amp-consent>',
            f'<div class="amp-related"><h3>Read more</h3><p>{_STORIES[0]}</p></div>', _FOOT,
            head='<script async src="https://cdn.example/v0.js"></script><style amp-custom>p{}</style>',
        ),
        SAID,
    ),
    "body in json alone": (
        _page(
            _NAV, '<div id="root"></div><noscript>Please enable wrongzone scripts.</noscript>', _FOOT,
            head=f'<script type="application/ld+json">{_DESCRIBED}</script>',
        ),
        SAID,
    ),
    "paywall": (
        _page(
            _NAV, "<article>", _H1, _p(*SAID[:2]), '<div class="gate-4711"><h2>Keep reading with a wrongzone subscription</h2>',
            "<p>Subscribe to our wrongzone newsletter and read everything for one euro in the first month.</p>",
            "<p>Already a subscriber? Log in to your wrongzone account to go on reading this text and many others.</p></div>",
            "</article>", _TOP, _FOOT,
        ),
        SAID[:2],
    ),
    "comments within comments": (
        _page(
            _NAV, '<div class="content">', _H1, '<div class="body">', _p(*SAID),
            '</div><div class="discussion"><div class="count">27 Comments</div>', _thread(6), "</div></div>", _FOOT,
        ),
        SAID,
    ),
    "comments as articles": (
        _page(
            _NAV, '<article class="post comments-open">', _H1, _p(*SAID), '</article><ol class="commentlist">',
            f'<li class="comment"><article id="div-comment-1"><p>{COMMENT}</p></article></li>',
            f'<li class="comment"><article id="div-comment-2"><p>{REPLY}</p></article></li></ol>', _FOOT,
        ),
        SAID,
    ),
    "cookie banner": (
        _page(
            '<div class="cb-wall" role="dialog" aria-modal="true"><h2>We value your wrongzone privacy</h2>', _p(COOKIES),
            "<p>With your wrongzone permission we may use precise data and identification through device scanning.</p>",
            "<button>Accept all</button></div>", _NAV, "<article>", _H1, _p(*SAID), "</article>", _FOOT,
        ),
        SAID,
    ),
    "main without article": (
        _page(
            _NAV, "<main>", _H1, '<div>By <a href="/a">Ann Example</a></div>', _FIGURE, _p(*SAID[:3]),
            f'<div class="inline-box"><p>Read also: {_STORIES[0]}</p></div>', _p(*SAID[3:]), "</main>", _TOP, _FOOT,
        ),
        SAID,
    ),
    "tables": (
        _page(
            '<table width="760"><tr><td colspan="3"><a href="/">Courier</a> | <a href="/s">Sport wrongzone</a></td></tr>',
            '<tr><td width="120" valign="top"><b>Top Stories</b><br>', "<br>".join(_STORIES), '</td><td valign="top">',
            f'<font size="5"><b>{HEADLINE}</b></font>', _p(*SAID), f"</td><td><b>Leave a Comment</b><br>{COMMENT}</td></tr>",
            f"<tr><td colspan=3><small>{LEGAL}</small></td></tr></table>",
        ),
        SAID,
    ),
    "from right to left": (
        _page(
            f'<nav><a href="/">الرئيسية wrongzone</a></nav><main><article><h1>{ARABIC_HEADLINE}</h1>', _p(*ARABIC[:2]),
            "<figure><img src=a><figcaption>صورة الجسر القديم wrongzone من الرصيف الشمالي للميناء</figcaption></figure>",
            _p(*ARABIC[2:]), "</article><section><h2>اقرأ أيضا</h2>",
            '<p><a href="/1">استقالة الوزير wrongzone بعد تصويت في برلمان بلد آخر مساء الخميس</a></p></section>',
            "<section><h2>التعليقات</h2><p>لم أحب هذا الميناء wrongzone في حياتي كلها وقد عشت هناك سنوات</p></section></main>",
            language="ar", direction="rtl",
        ),
        ARABIC,
    ),
    "nothing but divs": (
        _page(
            f'<div class="l"><div class="m">{HEADLINE}</div><div class="x1">{_divs(*SAID)}</div><div class="x2">',
            _divs(f"<span>Disclaimer:</span> {LEGAL}", "Leave a comment", COMMENT), '</div><div class="x3">',
            _divs("You may also like", _STORIES[0]), "</div></div>",
        ),
        SAID,
    ),
    "item types": (
        _page(
            _NAV, f'<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{HEADLINE}</h1>',
            '<div itemprop="articleBody">', _p(*SAID[:4]), f'<div><img src="a.jpg"><p class="photo-caption">{CAPTION}</p></div>',
            _p(*SAID[4:]), "</div></div>",
            f'<div itemprop="comment" itemtype="https://schema.org/Comment"><p itemprop="text">{COMMENT}</p></div>', _FOOT,
        ),
        SAID,
    ),
}  # fmt: skip
"""Each by its name: the page, and what its author says."""
