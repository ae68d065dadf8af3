# Shared by the launcher of a checkout (baton) and of a distribution (bin/baton). POSIX sh; sourced, never run.

# Prints the folder that holds $1, symbolic links followed.
folder_of() {
  file=$1
  while [ -L "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  (cd "$(dirname "$file")" && pwd -P)
}

# True where the folder $1 is a Java 25. Its `release` file says so; no JVM is started.
is_java25() {
  [ -x "$1/bin/java" ] && grep -q '^JAVA_VERSION="25[".+-]' "$1/release" 2>/dev/null
}

# Sets java_home to a Java 25, or says what to install and ends.
find_java25() {
  if [ -n "${JAVA_HOME:-}" ] && is_java25 "$JAVA_HOME"; then
    java_home=$JAVA_HOME
    return
  fi
  if on_path=$(command -v java); then
    java_home=$(dirname "$(folder_of "$on_path")")
    if is_java25 "$java_home"; then return; fi
  fi
  for java_home in \
    "${JAVA25_HOME:-}" \
    /usr/lib/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* \
    /opt/* /opt/*/*; do
    if is_java25 "$java_home"; then return; fi
  done
  echo "baton: needs Java 25 and found none; install one (for example Temurin 25) or set JAVA_HOME to it" >&2
  exit 1
}

# launch LIB HOME ARGS...: becomes the JVM, so that signals reach it.
# A broker (run) takes its options from JAVA_ARGS, which HOME/etc/baton.profile may set, and then from
# BATON_JAVA_OPTS; every other command is short and starts fast. Both variables are split at spaces.
launch() {
  lib=$1 home=$2
  shift 2
  find_java25
  if [ "${1:-}" = run ]; then
    if [ -f "$home/etc/baton.profile" ]; then . "$home/etc/baton.profile"; fi
    options=${JAVA_ARGS:--XX:+UseG1GC}
  else
    options="-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
  fi
  # shellcheck disable=SC2086
  exec "$java_home/bin/java" --enable-native-access=ALL-UNNAMED $options ${BATON_JAVA_OPTS:-} \
    "-Dbaton.home=$home" -cp "$lib/*" io.batonmq.cli.Main "$@"
}
