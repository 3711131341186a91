# Keeps one PostgreSQL server for whoever holds the other end of stdin. When
# that end closes, however its holder died, the server stops and its folder
# goes. Run as: sh -c <this text> keeper FOLDER BIN
# Reads "create", "start" and "stop SIGNAL"; answers each with one line.
set -u
folder=$1
bin=$2
server=

create() {
  "$bin/initdb" --pgdata="$folder/data" --username=postgres \
    --pwfile="$folder/password" --auth=scram-sha-256 --encoding=UTF8 \
    --locale=C --no-sync </dev/null >>"$folder/server.log" 2>&1
}

start() {
  "$bin/postgres" -D "$folder/data" </dev/null >>"$folder/server.log" 2>&1 &
  server=$!
}

stop() {
  [ -n "$server" ] || return 0
  kill -s "$1" "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  server=
}

while read -r verb signal; do
  case $verb in
    create) if create; then echo created; else echo not created; fi ;;
    start) start && echo "$server" ;;
    stop) stop "$signal" && echo stopped ;;
  esac
done

stop QUIT
rm -rf "$folder"
