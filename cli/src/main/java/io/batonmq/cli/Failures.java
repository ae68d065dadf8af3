package io.batonmq.cli;

import io.batonmq.server.instance.DiskWords;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what went wrong: a sentence for what people can change, a trace for bugs alone.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  static final String OUTPUT_CUT =
      "what was printed did not all arrive: the disk is full, or nobody reads any more";

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    var command = e.getCommandLine();
    var err = command.getErr();
    if (args.length == command.getCommandSpec().qualifiedName().split(" ", -1).length - 1
        && !command.getSubcommands().isEmpty()) {
      command.usage(err); // a word that needs another word
      return Exit.USAGE.code();
    }
    var instead = Refusals.sentence(args);
    if (instead != null) {
      err.println("baton: " + instead);
      return Exit.USAGE.code();
    }
    err.println("baton: " + e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return Exit.USAGE.code();
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    var err = command.getErr();
    return switch (e) {
      case UserException told -> {
        say(err, String.valueOf(told.getMessage()));
        if (told.exit() == Exit.USAGE) {
          err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        yield told.exit().code();
      }
      case Node.NotRunning nobody -> {
        say(err, String.valueOf(nobody.getMessage()));
        yield Exit.NOT_RUNNING.code();
      }
      case IOException disk -> {
        say(err, sentence(disk));
        yield Exit.FAILED.code();
      }
      case InterruptedException _ -> {
        say(err, "interrupted");
        Thread.currentThread().interrupt();
        yield Exit.FAILED.code();
      }
      default -> {
        say(err, "this is a bug; please report it with what follows");
        e.printStackTrace(err);
        yield Exit.BUG.code();
      }
    };
  }

  private static void say(PrintWriter err, String sentence) {
    err.println("baton: " + sentence);
  }

  static String sentence(IOException e) {
    return DiskWords.of(e);
  }
}
