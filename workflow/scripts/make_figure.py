"""One figure of the paper, as SVG, PNG and PDF."""

from pathlib import Path

from oligomet.displays.figures import build_figure
from oligomet.displays.style import save_figure
from oligomet.tables import read

from common import begin

study = begin(snakemake)
figure = build_figure(snakemake.wildcards.figure, read(snakemake.input.estimates), study)
save_figure(figure, Path(snakemake.output[0]).with_suffix(""))
