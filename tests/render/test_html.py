"""A document as one page of HTML."""

import base64
import re
from html.parser import HTMLParser

import pytest

from chalkgrad.render.document import Code, CodeBlock, Document, Figure, Fold, Paragraph, Remark, Strong, Table, words
from chalkgrad.render.html import to_html
from chalkgrad.render.names import name_box

EMPTY = {"meta", "br", "link", "img"}


class Tags(HTMLParser):
    """Every tag of a page, in order; each must be closed in its place."""

    def __init__(self, page):
        super().__init__()
        self.seen, self.open, self.attributes = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)


def body(*blocks, language="en"):
    page = to_html(Document("T", blocks, language))
    return page[page.index("<main>") + 7 : page.index("</main>") - 1].removeprefix('<h1 dir="auto">T</h1>\n')


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (
            Paragraph(("a < b ", Strong("c"), Code("<d>"))),
            '<p dir="auto">a &lt; b <strong>c</strong><code>&lt;d&gt;</code></p>',
        ),
        (
            Remark(("Look.",), "warning"),
            '<p class="remark warning" dir="auto"><b><span aria-hidden="true">⚠</span> Warning.</b> Look.</p>',
        ),
        (CodeBlock("a<b\n\tc"), '<pre tabindex="0" dir="ltr"><code>a&lt;b\n    c</code></pre>'),
        (Fold(("t",), (Paragraph(("in",)),)), '<details><summary>t</summary>\n<p dir="auto">in</p>\n</details>'),
        (
            Table((("h",),), ((("1",),),), "r"),
            '<div class="table scroll" tabindex="0"><table><thead><tr><th scope="col" class="r" dir="auto">h</th></tr>'
            '</thead>\n<tbody>\n<tr><td class="r" dir="auto">1</td></tr>\n</tbody></table></div>',
        ),
    ],
)
def test_each_block(block, written):
    assert body(block) == written


def test_many_columns_stand_closer_together():
    few, many = (Table((("h",),) * count, ()) for count in (7, 8))
    assert "<table>" in body(few)
    assert '<table class="wide">' in body(many)


def test_a_picture_is_an_image_that_the_page_holds(svg, png):
    drawn, dotted = (base64.b64encode(picture).decode() for picture in (svg.encode(), png))
    assert body(Figure('a "<b>"\n$x$', ("c < d ", Strong("e")), svg, png, 0.5)) == (
        f'<figure><img style="width:50%" alt="a &quot;&lt;b&gt;&quot; $x$" src="data:image/svg+xml;base64,{drawn}">'
        '<figcaption dir="auto">c &lt; d <strong>e</strong></figcaption></figure>'
    )
    assert body(Figure("", png=png)) == (
        f'<figure><img style="width:100%" alt="" src="data:image/png;base64,{dotted}"></figure>'
    )


def test_a_script_in_a_picture_is_only_part_of_the_picture():
    page = to_html(Document("T", (Figure("x", svg="<svg><script>alert(1)</script></svg>"),)))
    assert "script" not in Tags(page).seen


def test_the_shape_of_a_narrow_picture_fits_its_page():
    page = to_html(Document("T", ()))
    assert "figure > img { max-width: 100%; height: auto;" in page


def test_a_fold_may_be_open():
    assert body(Fold(("t",), (), open=True)).startswith("<details open>")


def test_the_contents_link_to_the_sections(sample_document):
    page = to_html(sample_document)
    links = re.findall(r'href="#([^"]+)"', page)
    assert links == ["section-1", "section-2", "section-3"]
    assert all(f'id="{link}"' in page for link in links)


def test_nothing_comes_from_elsewhere_and_nothing_runs(hostile_document, sample_document):
    for document in (hostile_document, sample_document):
        page = to_html(document)
        tags = Tags(page)
        assert not {"script", "link", "iframe", "object", "svg"} & set(tags.seen)
        assert [name for _, name, _ in tags.attributes if name.startswith("on")] == []
        own = {
            ("img", "style"): r"width:\d+%",
            ("img", "src"): r"data:image/(svg\+xml|png);base64,[A-Za-z0-9+/=]+",
            ("span", "style"): r"width:\d+\.\d%",
        }
        told = [(tag, name, value) for tag, name, value in tags.attributes if name in ("src", "style", "srcset")]
        assert all(re.fullmatch(own.get((tag, name), "$^"), value) for tag, name, value in told)
        links = [value for _, name, value in tags.attributes if name == "href"]
        assert all(re.fullmatch(r"#[\w-]+|a(nna)?\.html", value) for value in links)
        assert page.count("</style>") == 1
        assert "url(" not in page
        assert "@import" not in page


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("he", "rtl"), ("ar-EG", "rtl"), ('"><b>', "ltr")])
def test_language_and_direction(language, direction):
    page = to_html(Document("T", (), language))
    ((_, _, lang), (_, _, dir_)) = Tags(page).attributes[:2]
    assert (lang, dir_) == (language, direction)


def test_light_dark_and_paper_are_styled(sample_document):
    page = to_html(sample_document)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_mathematics_is_mathml():
    assert "<msub><mi>w</mi><mn>1</mn></msub></math>" in body(Paragraph(words(name_box("w1"))))
