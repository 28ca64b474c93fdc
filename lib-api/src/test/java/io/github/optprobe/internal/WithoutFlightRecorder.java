package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyText;
import java.util.List;

/** A program that {@link ObserversTest} runs in an image without Flight Recorder. */
final class WithoutFlightRecorder {
  private WithoutFlightRecorder() {}

  public static void main(String[] arguments) {
    ToyText text = new ToyText(ByteArrayText.at(0x4000, new byte[] {1, 1, 1, 0}));
    ToyMachine machine = text.newMachine();
    Kprobes.Builder builder = Kprobes.builder(text).architecture(new ToyArchitecture());
    try (Kprobes kprobes = builder.trustBoundaries().build()) {
      machine.attach(kprobes.newCpu(machine.memory()));
      CodeAddress address = new CodeAddress(0x4001, ToyArchitecture.TOY);
      ProbeHandle handle = kprobes.register(Kprobe.at(address).build());
      machine.run(0x4000);
      boolean recorder = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
      int observers = Observers.of(List.of()).size();
      System.out.printf("recorder %b, observers %d, hits %d%n", recorder, observers, handle.hits());
    }
  }
}
