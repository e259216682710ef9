#!/usr/bin/env bash
# Compile the 24,576-GPU design and say what came out.
. "$(dirname "$0")/lib.sh"

scripts/setup.sh
spec=specs/llama3_24k.rack
out=build/llama3_24k

say "$spec"
.venv/bin/rackwright compile "$spec" -o "$out"
.venv/bin/rackwright show "$spec"
.venv/bin/rackwright estimate "$spec"

say "$out"
for dir in "$out"/* "$out"/configs/*; do
    [ -d "$dir" ] && [ "$dir" != "$out/configs" ] || continue
    printf '%-36s %8d files %8s\n' "$dir" "$(find "$dir" -type f | wc -l)" "$(du -sh "$dir" | cut -f1)"
done
printf '\nThe first cables:\n'
head -4 "$out/cabling/cables.csv"
printf '\nEvery file with its digest: %s\n' "$out/manifest.json"
printf 'To look at, in a browser: %s\n' "$out/report/index.html"
