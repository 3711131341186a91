const SERVER_VERSIONS = [19, 18, 17, 16, 15, 14];

/**
 * Where the client programs of PostgreSQL usually are, newest first where the
 * folder names a version.
 */
export const POSTGRES_FOLDERS: readonly string[] = [
  "/usr/local/bin",
  "/usr/bin",
  ...SERVER_VERSIONS.flatMap((major) => [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/usr/libexec/postgresql${major}`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
  ]),
  "/usr/local/pgsql/bin",
  "/opt/homebrew/bin",
  "/opt/homebrew/opt/libpq/bin",
  "/Applications/Postgres.app/Contents/Versions/latest/bin",
  "/run/current-system/sw/bin",
];
