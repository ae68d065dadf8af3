package io.batonmq.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/// One run of the command, in this process.
record Command(int exit, String out, String err) {
  static Command run(Object... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    var args = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      args[i] = words[i].toString();
    }
    int exit = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Command(exit, out.toString(), err.toString());
  }
}
