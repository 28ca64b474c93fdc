#!/bin/bash -eu
# Builds the jars, and one launcher for each fuzz target.
mvn -B -q -Dquick -DskipTests package
mkdir -p "$OUT/lib" "$OUT/natives"
cp examples/target/lib/*.jar examples/target/optprobe-examples-*.jar "$OUT/lib/"
cp -r examples/target/test-classes* "$OUT/test-classes"
cp -L /usr/lib/*-linux-gnu/lib{Zydis,capstone}.so* "$OUT/natives/" || true

for target in decodersStayInTheirBounds decodersAgree relocatedCopiesAreTheSame textIsRestored; do
  cat >"$OUT/$target" <<LAUNCHER
#!/bin/bash
# LLVMFuzzerTestOneInput for fuzzer detection.
here=\$(dirname "\$0")
LD_LIBRARY_PATH="\$JVM_LD_LIBRARY_PATH:\$here/natives" \$here/jazzer_driver --agent_path=\$here/jazzer_agent_deploy.jar \\
  --cp=\$here/test-classes:\$here/lib/* \\
  --target_class=io.github.optprobe.examples.CoverageGuidedTest --target_method=$target \\
  --instrumentation_includes=io.github.optprobe.** \\
  --jvm_args="-Djna.library.path=\$here/natives" "\$@"
LAUNCHER
  chmod +x "$OUT/$target"
  (cd "examples/src/test/resources/io/github/optprobe/examples/CoverageGuidedTestInputs/$target" &&
    zip -q "$OUT/${target}_seed_corpus.zip" ./*)
done
