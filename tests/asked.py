"""What a frame of estimates answers, asked as the project asks: through the book."""

import pandas as pd

from oligomet.book import Book, Entry


def row(found: pd.DataFrame, **question) -> Entry:
    return Book(found).one(**question)


def rows(found: pd.DataFrame, **question) -> pd.DataFrame:
    return Book(found).some(**question).frame()
