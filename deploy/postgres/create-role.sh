#!/bin/sh
# Run once by the postgres image, on an empty data folder: the role that owns smsx is no superuser, so that what is
# revoked from it (changing the ledger) stays revoked.
set -eu

psql --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/database_password)" --username postgres --dbname postgres <<'SQL'
CREATE ROLE smsx LOGIN PASSWORD :'password';
CREATE DATABASE smsx OWNER smsx;
SQL
