"""The formatter: its style, and that it never changes what a file means."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.dsl.format import format_source, outline
from rackwright.dsl.parse import parse
from rackwright.dsl.source import Source

SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.rack"))


def formatted(text: str) -> str:
    result, diagnostics = format_source(Source("t.rack", text))
    assert result is not None, diagnostics
    return result


def same(text: str) -> None:
    """The text is in the style already."""
    text = dedent(text).lstrip("\n")
    assert formatted(text) == text


def becomes(before: str, after: str) -> None:
    after = dedent(after).lstrip("\n")
    assert formatted(dedent(before).lstrip("\n")) == after
    assert formatted(after) == after


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs_keep_their_meaning(path: Path) -> None:
    text = path.read_text("utf-8")
    once = formatted(text)
    assert formatted(once) == once
    assert outline(parse(Source("a", once)).file) == outline(parse(Source("b", text)).file)
    assert [line for line in once.splitlines() if line != line.rstrip()] == []


def test_members_stand_in_columns() -> None:
    becomes(
        """
        rack gpu_rack is orv3.rack_600a{
          node[2]: servers.grand_teton at 3 OU,12 OU
          tor:switches.minipack2_400g at 22 OU {os=sonic}
          shelf[2] :orv3.power_shelf_18kw   at 1 OU, 28 OU
        }
        """,
        """
        rack gpu_rack is orv3.rack_600a {
            node[2]  : servers.grand_teton      at 3 OU, 12 OU
            tor      : switches.minipack2_400g  at 22 OU { os = sonic }
            shelf[2] : orv3.power_shelf_18kw    at 1 OU, 28 OU
        }
        """,
    )


def test_relations_stand_in_columns() -> None:
    becomes(
        """
        link gpu[k].eth[16+s]->spine[s].eth[k] using optic.fr4_400g
        feed busway[b].tap[t] -> row[b].rack[t].shelf[ * ]
        pipe cdu[c] -> rack[8*c+i].manifold for i in 0 .. 7 where i<3
        """,
        """
        link gpu[k].eth[16 + s] -> spine[s].eth[k]         using optic.fr4_400g
        feed busway[b].tap[t]   -> row[b].rack[t].shelf[*]
        pipe cdu[c]             -> rack[8*c + i].manifold  for i in 0..7 where i < 3
        """,
    )


def test_attributes_and_blocks_share_columns() -> None:
    becomes(
        """
        network n {
        routing=ebgp{unnumbered=true,bfd=true}
        pools {loopback="10.0.0.0/12"}
        mtu=9100 B
        a = 1, b = 2

        long_name = 3
        }
        """,
        """
        network n {
            routing = ebgp { unnumbered = true, bfd = true }
            pools   { loopback = "10.0.0.0/12" }
            mtu     = 9100 B
            a = 1, b = 2

            long_name = 3
        }
        """,
    )


def test_the_line_before_an_open_block_takes_part() -> None:
    same(
        """
        switch s {
            eth[64]  : port {
                speed = 400 Gbps
            }
            inlet[2] : inlet { voltage = 230 V }
        }
        """
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a=16+s", "a = 16 + s"),
        ("a = 8 * n + r", "a = 8*n + r"),
        ("a = 0.9*supply( x )", "a = 0.9 * supply(x)"),
        ("a = 11 RU + 2 RU*n", "a = 11 RU + 2 RU * n"),
        ("a = 4200000000+1024 * pod+gpu", "a = 4200000000 + 1024*pod + gpu"),
        ("a = (x+1)mod 4", "a = (x + 1) mod 4"),
        ("a = - 3", "a = -3"),
        ("a = 1 - - x", "a = 1 - -x"),
        ("a = b+10 W / s", "a = b + 10 W / s"),
        ("a = 1 MB..2 MB at 5 %", "a = 1 MB .. 2 MB at 5 %"),
        ("a = x[ 0 .. 7,* ]", "a = x[0..7, *]"),
        ("a = x[2 * k]", "a = x[2*k]"),
        ("a = [ 1 m,2 m ]assumed", "a = [1 m, 2 m] assumed"),
        ("a = not(x)", "a = not (x)"),
        ("a = x and not y or z>=1", "a = x and not y or z >= 1"),
        ("place a at row 4 * p + k div 48,bay k mod 48", "place a at row 4*p + k div 48, bay k mod 48"),
        ("split eth [0 .. 31] into 2 x 400 Gbps", "split eth[0..31] into 2 x 400 Gbps"),
        ("pod [8 of 16]:pod (n=2)", "pod[8 of 16] : pod(n = 2)"),
        ('require f(a,toward=b)<=1:7 else "no"', 'require f(a, toward = b) <= 1:7  else "no"'),
        ("rack a(n=1,m)is b.c{}", "rack a(n = 1, m) is b.c {}"),
        ("use a . b as c", "use a.b as c"),
        ("a = 10_000.50e+3  kW", "a = 10_000.50e+3  kW"),
        (r'a = "tab\t \" quote"', r'a = "tab\t \" quote"'),
    ],
)
def test_spaces(before: str, after: str) -> None:
    assert formatted(before) == after + "\n"
    assert formatted(after) == after + "\n"


def test_comments_stay_where_they_are() -> None:
    becomes(
        """
        # first


        # second
        rack a {# opens
              # above
            x = 1# beside
           longer = 2    # aligned

        # last
        }# closes
        # end
        """,
        """
        # first

        # second
        rack a {  # opens
            # above
            x      = 1  # beside
            longer = 2  # aligned

            # last
        }  # closes

        # end
        """,
    )


def test_blank_lines() -> None:
    becomes(
        """


        use a


        use b
        rack a {

            x = 1



            y = 2

        }
        # of b
        rack b {
            x = 1
        }
        param z = 1
        """,
        """
        use a

        use b

        rack a {
            x = 1

            y = 2
        }

        # of b
        rack b {
            x = 1
        }

        param z = 1
        """,
    )


def test_breaks_inside_a_statement_stay() -> None:
    becomes(
        """
        link a[i] -> b[i]
           using c.d  # why
             # and
           where i < 3
        x = f(
        1,
        [2,
        3],
        )
        y = 1,
          z = 2
        """,
        """
        link a[i] -> b[i]
            using c.d  # why
            # and
            where i < 3
        x = f(
            1,
            [2,
                3],
        )
        y = 1,
        z = 2
        """,
    )


def test_a_block_that_does_not_fit_is_opened() -> None:
    value = "x" * 50
    becomes(
        f'a : b {{ one = "{value}", two = "{value}" }}\nc : d {{ e = 1 }}\n',
        f"""
        a : b {{
            one = "{value}", two = "{value}"
        }}
        c : d {{ e = 1 }}
        """,
    )


def test_columns_never_push_a_line_out_of_the_page() -> None:
    long = "x" * 100
    same(f'a = "{long}"\nvery_long_attribute_name = 1\n')
    assert formatted(f'a = "{long * 2}"\nlonger = 1\n') == f'a      = "{long * 2}"\nlonger = 1\n'


def test_docstrings_and_line_ends() -> None:
    assert formatted('rack a {\n"""One.\n\n  Two.\n"""\n  x = 1\n}') == (
        'rack a {\n    """One.\n\n  Two.\n"""\n    x = 1\n}\n'
    )
    assert formatted("a = 1\r\n# c \r\nb = 2\r\n") == "a = 1\n# c\nb = 2\n"
    assert formatted("") == ""
    assert formatted("\n\n") == ""
    assert formatted("# only") == "# only\n"


def test_deep_blocks() -> None:
    depth = 90
    text = "".join("a {\n" for _ in range(depth)) + "b = 1\n" + "}\n" * depth
    assert formatted(formatted(text)) == formatted(text)


def test_a_file_with_mistakes_is_left_alone() -> None:
    result, diagnostics = format_source(Source("t.rack", "rack a {\n x = = 1\n}\n"))
    assert result is None
    assert [d.code for d in diagnostics] == ["RW1001"]


# --- any file ---

names = st.sampled_from(["a", "b2", "long_name", "os", "x"])
blanks = st.sampled_from(["", " ", "  ", "\t"])
space = st.sampled_from([" ", "  ", "\t"])
literals = st.sampled_from(["1", "0.50", "700 W", "5 %", "400  Gbps", '"s"', '"a\\"b # c"', "true", "1_000", "2 m/s"])


def _joined(left: str, gap: str, word: str, right: str) -> str:
    return f"{left}{gap}{word}{gap}{right}"


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(_joined, inner, space, st.sampled_from(["+", "-", "*", "/", "div", "mod", "and", "or"]), inner),
        st.builds("({}{}{})".format, blanks, inner, blanks),
        st.builds("-{}({})".format, blanks, inner),
        st.builds("not {}({})".format, blanks, inner),
        st.builds("[{},{}{}]".format, inner, blanks, inner),
        st.builds("{}{}[{}{}]".format, names, blanks, inner, blanks),
        st.builds("{}[{}{}..{}{}].{}".format, names, names, blanks, blanks, names, names),
        st.builds("{}{}({}, {} = {})".format, names, blanks, inner, names, inner),
        st.builds("f(\n{},\n# c\n{})".format, inner, inner),
    )


expressions = st.recursive(literals | names, _expressions, max_leaves=6)
comments = st.sampled_from(["", "", "", "# c", " #", "  # two words  "])
ends = st.builds("{}{}".format, comments, st.sampled_from(["\n", "\n", "\n\n", "\n\n\n\n", "\n  # own\n", "\r\n"]))


def _blocks(statements: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(st.builds("{}{}{}".format, blanks, statements, ends), max_size=4).map("".join)
    return st.one_of(
        st.builds("rack {} {{{}{}}}".format, names, ends, body),
        st.builds("{}{}{{{}{}}}".format, names, blanks, ends, body),
        st.builds("{} : t.u {{{}{}}}".format, names, ends, body),
        st.builds("{}[3]:t(x=1){}{{{}={}}}".format, names, blanks, names, expressions),
        st.builds("{} = tag {{ {} = {} }}".format, names, names, expressions),
    )


plain = st.one_of(
    st.builds("{}{}={}{}".format, names, blanks, blanks, expressions),
    st.builds("{} = {}, {} = {} assumed".format, names, expressions, names, expressions),
    st.builds("let {} = {}".format, names, expressions),
    st.builds("link {}[i] -> b{}  where i < {}".format, names, st.sampled_from(["", "\n using o.p"]), expressions),
    st.builds("place {} at row {}, bay {}".format, names, expressions, expressions),
    st.builds("view {}[2]{}= {}[*]".format, names, blanks, names),
    st.builds("view {}[2]= {}[i]{}for i in 0..{}".format, names, names, st.sampled_from([" ", "\n "]), expressions),
    st.builds('require {} <= {} else "no"'.format, names, names),
    st.builds("{}{}: t at {}".format, names, blanks, expressions),
    st.just('"""Doc.\n  More.\n"""'),
    st.builds("use {}.{}".format, names, names),
)
statements = st.recursive(plain, _blocks, max_leaves=8)
files = st.lists(st.builds("{}{}".format, statements, ends), max_size=6).map("".join)


@given(files)
def test_any_file_keeps_its_meaning_and_formats_to_itself(text: str) -> None:
    before = parse(Source("t.rack", text))
    once, diagnostics = format_source(Source("t.rack", text))
    if once is None:
        assert diagnostics
        return
    assert outline(parse(Source("t.rack", once)).file) == outline(before.file)
    assert formatted(once) == once
    assert "".join(text.split()) == "".join(once.split())  # only blanks and line ends moved


def test_most_generated_files_are_good() -> None:
    """Else the test above would test nothing."""
    good: list[bool] = []

    @given(files)
    def count(text: str) -> None:
        good.append(not parse(Source("t.rack", text)).diagnostics and text.count("\n") > 2)

    count()
    assert sum(good) > len(good) / 4
