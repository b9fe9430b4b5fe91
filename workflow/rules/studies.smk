# Several studies in one command, each a run of its own with everything else that was asked for:
# snakemake --cores 4 --config 'studies=[pumch2022,mito_rt3]'
import subprocess
import sys

if "studies" in config:
    names = config["studies"] if isinstance(config["studies"], list) else [config["studies"]]
    if not any(asked.startswith("studies=") for asked in sys.argv):
        print("studies: expected it in the command, after --config; config.yaml names one study", file=sys.stderr)
        raise SystemExit(1)
    for name in names:
        asked = [f"study={name}" if part.startswith("studies=") else part for part in sys.argv[1:]]
        ended = subprocess.run([sys.executable, "-m", "snakemake", *asked]).returncode
        if ended:
            raise SystemExit(ended)
    raise SystemExit(0)
