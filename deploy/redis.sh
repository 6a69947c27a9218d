#!/bin/sh
# Redis as smsx needs it: nothing is evicted, and every write goes to disk within a second. The configuration goes in by
# standard input, so that the password stands in no argument list.
set -eu

exec redis-server - <<CONFIGURATION
bind * -::*
dir ${REDIS_DATA:-/data}
port ${REDIS_PORT:-6379}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
requirepass $(cat "${REDIS_PASSWORD_FILE:-/run/secrets/redis_password}")
CONFIGURATION
