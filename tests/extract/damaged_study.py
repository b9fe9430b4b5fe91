"""The exports of a whole study, damaged at random: cells, rows, columns, bytes, encodings, sheets and workbooks."""

import csv
import io
import random
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.styles import Font

ABSURD = ["", "99999", "-1", "0", "1e9", "2999-01-01", "1.13.2019", "🙂", "yes;no", "12 parsec", " ", "NA", "９９９"]
ABSURD += [
    "55?",
    "2 in",
    "Ⅳ",
    "=1+1",
    "a\rb",
    "a\nb",
    '"',
    "1\u00a0000",
    "2019-02-30",
    "00.00.0000",
    "#REF!",
    "TRUE",
    "--",
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252", "utf-16-le", "cp037"]


def make_worse(lines: list[list], chance: random.Random) -> str:
    """Rows dropped, doubled, moved, shifted or cut, cells exchanged or absurd, columns exchanged; what was done."""
    if len(lines) < 2 or not lines[0]:
        return "nothing"
    at, other = chance.randrange(1, len(lines)), chance.randrange(1, len(lines))
    line, column = lines[at], chance.randrange(len(lines[0]))
    cell = chance.randrange(len(line)) if line else 0
    match chance.randrange(11):
        case 0:
            del lines[at]
            return f"row {at} dropped"
        case 1:
            lines.insert(other, [*line])
            return f"row {at} doubled at {other}"
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
            return f"rows {at} and {other} exchanged"
        case 3:
            lines[at] = [*line[cell:], *line[:cell]]
            return f"row {at} shifted by {cell}"
        case 4 if cell < min(len(line), len(lines[other])):
            line[cell], lines[other][cell] = lines[other][cell], line[cell]
            return f"cells {cell} of {at} and {other} exchanged"
        case 5 if line:
            line[cell] = str(line[cell])[: chance.randrange(4)]
            return f"cell {at},{cell} cut"
        case 6:
            lines[at] = line[:cell]
            return f"row {at} ends at {cell}"
        case 7:
            there = chance.randrange(len(lines[0]))
            lines[0][column], lines[0][there] = lines[0][there], lines[0][column]
            return f"headings {column} and {there} exchanged"
        case 8:
            del lines[at:]
            return f"cut before row {at}"
    word = chance.choice(ABSURD)
    chosen = [row for row in chance.sample(lines[1:], min(len(lines) - 1, chance.choice([1, 1, 5, 50])))]
    for row in chosen:
        if column < len(row):
            row[column] = word
    return f"{len(chosen)} cells of column {column} are {word!r}"


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A few bytes dropped, doubled, changed, moved or emptied, or the end cut off."""
    for _ in range(chance.choice([1, 1, 1, 2, 5, 20])):
        start = chance.randrange(len(content) or 1)
        end = min(len(content), start + chance.choice([1, 1, 2, 8, 64]))
        piece = content[start:end]
        others = bytes(chance.randrange(256) for _ in piece)
        instead = chance.choice([b"", piece * 2, bytes(len(piece)), piece[::-1], others, b"\n", b'"', b","])
        content = content[:start] + instead + content[end:] if chance.random() < 0.9 else content[:start]
    return content


def damage(raw: Path, sources: dict, chance: random.Random) -> str:
    """Damage one file of a study, or two; what was done, for whoever looks for the smallest damage that does harm."""
    done = []
    parts = [part for source in sources.values() for part in source.parts]
    for part in chance.sample(parts, chance.choice([1, 1, 1, 2])):
        path = raw / part.file
        if chance.random() < 0.15:
            path.write_bytes(damaged(path.read_bytes(), chance))
            done.append(f"{part.file}: bytes")
        elif path.suffix == ".xlsx":
            if zipfile.is_zipfile(path):
                done.append(f"{part.file}[{part.sheet}]: {_damage_workbook(path, part.sheet, chance)}")
        else:
            done.append(f"{part.file}: {_damage_text(path, part, chance)}")
    return "; ".join(done)


def _damage_text(path: Path, part, chance: random.Random) -> str:
    content = path.read_bytes()
    try:
        encoding = part.encoding or next(name for name in ("utf-8-sig", "utf-16", "cp1252") if _is_text(content, name))
        text = content.decode(encoding)
        delimiter = part.delimiter or max(",;\t", key=text.split("\n")[0].count)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (UnicodeError, csv.Error, StopIteration):  # damaged already
        return "nothing"
    done = [make_worse(lines, chance) for _ in range(chance.choice([1, 1, 3, 20]))]
    if chance.random() < 0.1:
        encoding = chance.choice(ENCODINGS)
        done.append(f"in {encoding}")
    ends = chance.choice(["\n", "\n", "\r\n", "\r"])
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=ends).writerows(lines)
    path.write_bytes(written.getvalue().encode(encoding, errors="replace"))
    return ", ".join(done)


def _is_text(content: bytes, encoding: str) -> bool:
    try:
        return bool(content.decode(encoding))
    except UnicodeError:
        return False


def _damage_workbook(path: Path, title: str | None, chance: random.Random) -> str:
    try:
        book = openpyxl.load_workbook(path)
        sheet = book[title] if title else book.worksheets[0]
    except Exception:  # damaged already
        return "nothing"
    done = []
    for _ in range(chance.choice([1, 1, 3])):
        row, column = chance.randint(1, sheet.max_row), chance.randint(1, min(sheet.max_column, 50))
        is_vast = sheet.max_row * sheet.max_column > 1_000_000  # all these cells openpyxl makes, to move them
        match chance.randrange(10):
            case 0:
                far = chance.choice([1_048_576, 70_000, sheet.max_row + 3]), chance.choice([1, 16_384])
                sheet.cell(*far, chance.choice([" ", "x", 0]))
                done.append(f"a stray cell at {far}")
            case 1:
                sheet.row_dimensions[row].hidden = True
                done.append(f"row {row} hidden")
            case 2:
                sheet.cell(row, column).font = Font(strike=True)
                done.append(f"cell {row},{column} struck through")
            case 3:
                sheet.title = chance.choice(["Sheet1", f"{sheet.title} (2)", "数据"])
                done.append("sheet renamed")
            case 4 if not is_vast:
                sheet.insert_rows(chance.choice([1, row]), chance.choice([1, 3]))
                done.append(f"rows put in before {row}")
            case 5:
                sheet.merge_cells(start_row=row, end_row=row + 2, start_column=column, end_column=column + 1)
                done.append(f"cells from {row},{column} merged")
            case 6 if not is_vast:
                sheet.delete_cols(column)
                done.append(f"column {column} deleted")
            case 7:
                sheet.cell(row, column).number_format = chance.choice(["0000", '0 "mm"', "yyyy-mm-dd", "General", "@"])
                done.append(f"cell {row},{column} in another format")
            case _:
                if not isinstance(sheet.cell(row, column), openpyxl.cell.cell.MergedCell):
                    sheet.cell(row, column).value = word = chance.choice([*ABSURD[:19], 43529, -1.5, 1e300, True, None])
                    done.append(f"cell {row},{column} is {word!r}")
    book.save(path)
    return ", ".join(done)
