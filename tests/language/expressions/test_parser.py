import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.base.problems import StudyError
from standoff.base.source import Source, Span
from standoff.language.expressions.parser import MOST_CHARACTERS, parse_expression
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Membership, Name, Number, Unary, walk
from standoff.language.text.reader import Scalar


def scalar(text: str) -> Scalar:
    return Scalar(text, Span(Source("case/study.yaml", text), 0, len(text)), "")


def shown(node: Expr) -> str:
    """A tree with all its brackets."""
    match node:
        case Number():
            return f"{node.value:g}" + (f"[{node.unit}]" if node.unit is not None else "")
        case Name():
            return node.text
        case Unary():
            return f"({node.operator} {shown(node.operand)})"
        case Binary():
            return f"({shown(node.left)} {node.operator} {shown(node.right)})"
        case Membership():
            listed = ", ".join(shown(option) for option in node.options)
            return f"({shown(node.item)} {'not in' if node.negated else 'in'} [{listed}])"
        case Conditional():
            return f"({shown(node.then)} if {shown(node.test)} else {shown(node.otherwise)})"
        case Call():
            return f"{node.function}({', '.join(shown(a) for a in node.arguments)})"
        case _:
            raise AssertionError(node)


def tree(text: str) -> str:
    return shown(parse_expression(scalar(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a ** b ** c", "(a ** (b ** c))"),
        ("-a ** 2", "(- (a ** 2))"),
        ("2 ** -a", "(2 ** (- a))"),
        ("not a == b", "(not (a == b))"),
        ("a or b and c", "(a or (b and c))"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("(a if b else c) + 1", "((a if b else c) + 1)"),
        ("us.line in [offer, accept] and x", "((us.line in [offer, accept]) and x)"),
        ("us.line not in [offer]", "(us.line not in [offer])"),
        ("10 [missile/year] * years(1)", "(10[missile/year] * years(1))"),
        ("previous(us.line, hold) == hold", "(previous(us.line, hold) == hold)"),
        (".5e-3 + 1.", "(0.0005 + 1)"),
        ("table(x, 0, 1, 2, 3)", "table(x, 0, 1, 2, 3)"),
    ],
)
def test_operators_bind_as_in_python(text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize("text", ["(a + b) * c", "f(x) + (y)", "a in [b, c]", "-(a - b)", "(a if b else (c)) - 1"])
def test_a_node_quotes_its_own_text_with_its_brackets(text: str) -> None:
    root = parse_expression(scalar(text))
    assert root.span.text == text
    for node in walk(root):
        quoted = node.span.text
        assert quoted.count("(") == quoted.count(")") and quoted.count("[") == quoted.count("]")


@pytest.mark.parametrize(
    ("text", "found", "advice"),
    [
        ("a = b", "=", "`==` compares; a study has no assignment inside an expression"),
        ("a ^ 2", "^", "a power is written `**`"),
        ("a && b", "&&", "write `and`"),
        ("'a' == b", "'", "options and names stand without quotation marks"),
        ("a < b < c", "<", "comparisons do not chain: write `a < b and b < c`"),
        ("(a + b", "", "close the bracket"),
        ("a + b)", ")", "close no more brackets than are open"),
        ("5 %", "%", "write the share as a number, such as 0.05"),
        ("a \N{MINUS SIGN} b", "\N{MINUS SIGN}", "the minus sign of the keyboard is `-`"),
    ],
)
def test_a_slip_gets_its_place_and_an_advice(text: str, found: str, advice: str) -> None:
    with pytest.raises(StudyError) as error:
        parse_expression(scalar(text))
    [problem] = error.value.problems
    assert (problem.code, problem.span.text, problem.help) == ("expression-syntax", found, advice)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (MOST_CHARACTERS + 1), "expression-too-long"),
        ("(" * 300 + "a" + ")" * 300, "expression-too-deep"),
        ("-" * 300 + "a", "expression-too-deep"),
        ("   ", "expression-syntax"),
    ],
)
def test_limits_are_told(text: str, code: str) -> None:
    with pytest.raises(StudyError) as error:
        parse_expression(scalar(text))
    assert [p.code for p in error.value.problems] == [code]


def test_a_block_is_refused() -> None:
    with pytest.raises(StudyError) as error:
        parse_expression(Scalar("a + b", Span(Source("case/study.yaml", "> a"), 0, 1), ">"))
    assert [p.code for p in error.value.problems] == ["yaml-folded"]


@given(st.text(alphabet="ab1.()[]+-*/<>=!, andornotifelsein", max_size=60))
def test_any_text_gives_a_tree_or_one_problem(text: str) -> None:
    try:
        assert parse_expression(scalar(text)).span.stop <= len(text)
    except StudyError as error:
        assert len(error.problems) == 1
