"""What one stage writes, the next one reads: any text, to the last sign."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oligomet.tables import read_verbatim, write_csv

# Anything Unicode has but NUL, which no export passes on (tests/extract), and halves of pairs, which are no characters.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table.csv"


@given(st.lists(st.tuples(texts, texts), max_size=5), texts.filter(lambda name: name not in ("", "a")))
def test_any_text_comes_back(file, rows, name):
    name = name.removeprefix("\ufeff") or "b"  # which at the very beginning is the mark of an encoding
    frame = pd.DataFrame(rows, columns=["a", name], dtype=str)
    write_csv(frame, file)
    pd.testing.assert_frame_equal(read_verbatim(file), frame)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\n\r", '"\r'])
def test_a_line_end_inside_a_cell_splits_no_row(file, end):
    frame = pd.DataFrame({"a": ["1", f"ovarian{end}cancer", ""], "b": ["", end, "2"]})
    write_csv(frame, file)
    pd.testing.assert_frame_equal(read_verbatim(file), frame)
    write_csv(frame[:1], file)
    assert file.read_bytes() == b"a,b\n1,\n"
