/** A check of another linter, and how it stands here. */
export type PeerRule =
  & { readonly name: string }
  & (
    /** The rule of lint that finds the same. */
    | { readonly rule: string }
    /** What else of lockstep takes care of it. */
    | { readonly elsewhere: string }
    /** Why nothing does. */
    | { readonly missing: string }
  );

/** The rules of squawk, as its sources list them. */
export const SQUAWK_RULES: readonly PeerRule[] = [
  {
    name: "require-concurrent-index-creation",
    rule: "require-concurrent-index-creation",
  },
  {
    name: "require-concurrent-index-deletion",
    rule: "require-concurrent-index-deletion",
  },
  {
    name: "constraint-missing-not-valid",
    rule: "constraint-missing-not-valid",
  },
  {
    name: "adding-field-with-default",
    rule: "adding-column-with-volatile-default",
  },
  {
    name: "adding-foreign-key-constraint",
    rule: "adding-foreign-key-constraint",
  },
  { name: "changing-column-type", rule: "changing-column-type" },
  { name: "adding-not-nullable-field", rule: "adding-not-nullable-field" },
  { name: "adding-serial-primary-key-field", rule: "adding-serial-column" },
  { name: "adding-required-field", rule: "adding-required-field" },
  { name: "renaming-column", rule: "renaming-column" },
  { name: "renaming-table", rule: "renaming-table" },
  {
    name: "disallowed-unique-constraint",
    rule: "disallowed-unique-constraint",
  },
  { name: "ban-drop-database", rule: "ban-drop-database" },
  { name: "ban-drop-column", rule: "ban-drop-column" },
  { name: "ban-drop-table", rule: "ban-drop-table" },
  { name: "ban-drop-not-null", rule: "ban-drop-not-null" },
  { name: "ban-char-field", rule: "ban-char-field" },
  {
    name: "ban-alter-domain-with-add-constraint",
    rule: "domain-constraint-missing-not-valid",
  },
  { name: "ban-truncate-cascade", rule: "ban-truncate-cascade" },
  { name: "ban-set-schema", rule: "changing-schema" },
  { name: "prefer-bigint-over-int", rule: "prefer-bigint-over-int" },
  { name: "prefer-bigint-over-smallint", rule: "prefer-bigint-over-int" },
  { name: "prefer-identity", rule: "prefer-identity" },
  { name: "prefer-repack", rule: "ban-vacuum-full" },
  { name: "prefer-text-field", rule: "prefer-text-field" },
  { name: "prefer-timestamptz", rule: "prefer-timestamptz" },
  { name: "require-concurrent-partition-detach", rule: "detaching-partition" },
  { name: "require-concurrent-reindex", rule: "require-concurrent-reindex" },
  { name: "unused-ignore", elsewhere: "`unused-lint-ignore` says it" },
  {
    name: "prefer-robust-stmts",
    elsewhere:
      "a migration runs in one transaction, and what cannot is recorded statement by statement, so that none runs twice",
  },
  {
    name: "ban-concurrent-index-creation-in-transaction",
    elsewhere: "`migrate` runs it outside of the transaction",
  },
  {
    name: "transaction-nesting",
    elsewhere:
      "`migrate` takes BEGIN and COMMIT for its own, and refuses what does not fit (`transaction_control`)",
  },
  {
    name: "ban-uncommitted-transaction",
    elsewhere: "`migrate` refuses it (`unclosed_transaction`)",
  },
  {
    name: "require-timeout-settings",
    elsewhere:
      "every statement in a transaction has a lock_timeout (`--statement-lock-timeout`)",
  },
  { name: "require-lock-timeout", elsewhere: "as above" },
  { name: "require-statement-timeout", elsewhere: "`--statement-timeout`" },
  {
    name: "ban-duplicate-column-assignments",
    elsewhere: "the server refuses it, also in `rehearse`",
  },
  {
    name: "ban-create-domain-with-constraint",
    missing: "no table uses a new domain; a later change of it is found",
  },
  { name: "require-enum-value-ordering", missing: "a matter of taste" },
  {
    name: "require-table-schema",
    missing: "a matter of taste; `search_path` decides",
  },
  {
    name: "identifier-too-long",
    missing: "the server says so in a notice, which a run shows",
  },
  {
    name: "ban-drop-view",
    missing:
      "with CASCADE it is found (`ban-drop-cascade`); without it the server refuses while other objects need it, but programs may",
  },
  {
    name: "ban-drop-type",
    missing:
      "with CASCADE it is found (`ban-drop-cascade`); without it the server refuses while other objects need it, but programs may",
  },
  {
    name: "ban-drop-schema",
    missing:
      "with CASCADE it is found (`ban-drop-cascade`); without it the server refuses while other objects need it, but programs may",
  },
  {
    name: "ban-drop-sequence",
    missing:
      "with CASCADE it is found (`ban-drop-cascade`); without it the server refuses while other objects need it, but programs may",
  },
  {
    name: "ban-drop-domain",
    missing:
      "with CASCADE it is found (`ban-drop-cascade`); without it the server refuses while other objects need it, but programs may",
  },
  {
    name: "ban-drop-constraint",
    missing: "programs go on without it, only slower or less strictly",
  },
  {
    name: "ban-drop-extension",
    missing:
      "with CASCADE it is found (`ban-drop-cascade`); without it the server refuses while other objects need it, but programs may",
  },
  {
    name: "ban-drop-index",
    missing: "programs go on without it, only slower or less strictly",
  },
  {
    name: "renaming-object",
    missing: "only views are found, by `renaming-table`",
  },
  {
    name: "ban-drop-function",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-drop-trigger",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-drop-default",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-drop-generated-expression",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-drop-policy",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-set-default",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-alter-identity",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-alter-generated-expression",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-disable-trigger",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-replica-identity",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-replace-view-function",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-alter-function-options",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-alter-view-options",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-alter-sequence-values",
    missing: "a change of behavior that stops nobody and loses no rows",
  },
  {
    name: "ban-revoke",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-create-policy",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-policy-condition",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-policy-roles",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-row-level-security",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-role-options",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-database-options",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-system-options",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-alter-extension",
    missing: "a change of rights, which a reader has to judge",
  },
  {
    name: "ban-add-column",
    missing:
      "harmless to programs that are running; matters when they are rolled back",
  },
  {
    name: "ban-add-enum-value",
    missing:
      "harmless to programs that are running; matters when they are rolled back",
  },
  {
    name: "ban-add-composite-attribute",
    missing:
      "harmless to programs that are running; matters when they are rolled back",
  },
  {
    name: "ban-new-write-restriction",
    missing:
      "harmless to programs that are running; matters when they are rolled back",
  },
  {
    name: "ban-detach-inheritance",
    missing:
      "harmless to programs that are running; matters when they are rolled back",
  },
];

/** The checks of strong_migrations that are not about MySQL, from its sources. */
export const STRONG_MIGRATIONS_CHECKS: readonly PeerRule[] = [
  { name: "add_column_default", rule: "adding-column-with-volatile-default" },
  {
    name: "add_column_default_callable",
    rule: "adding-column-with-volatile-default",
  },
  { name: "add_column_json", rule: "prefer-jsonb" },
  {
    name: "add_column_generated_stored",
    rule: "adding-stored-generated-column",
  },
  { name: "change_column", rule: "changing-column-type" },
  { name: "change_column_with_not_null", rule: "adding-not-nullable-field" },
  { name: "change_column_null", rule: "update-without-where" },
  { name: "change_column_null_postgresql", rule: "adding-not-nullable-field" },
  { name: "remove_column", rule: "ban-drop-column" },
  { name: "rename_column", rule: "renaming-column" },
  { name: "rename_table", rule: "renaming-table" },
  { name: "create_table", rule: "ban-drop-cascade" },
  { name: "add_reference", rule: "adding-foreign-key-constraint" },
  { name: "add_index", rule: "require-concurrent-index-creation" },
  { name: "remove_index", rule: "require-concurrent-index-deletion" },
  { name: "add_foreign_key", rule: "adding-foreign-key-constraint" },
  { name: "add_check_constraint", rule: "constraint-missing-not-valid" },
  { name: "validate_foreign_key", rule: "validating-in-same-transaction" },
  { name: "validate_check_constraint", rule: "validating-in-same-transaction" },
  { name: "add_unique_constraint", rule: "disallowed-unique-constraint" },
  { name: "add_exclusion_constraint", rule: "adding-exclusion-constraint" },
  { name: "execute", elsewhere: "lint reads the SQL itself" },
  { name: "change_table", elsewhere: "lint reads the SQL itself" },
  {
    name: "add_column_default_null",
    missing: "no server since 11 rewrites the table for it",
  },
  { name: "add_index_columns", missing: "a matter of taste" },
  { name: "add_index_corruption", missing: "about servers of 14.0 to 14.3" },
  { name: "change_column_default", missing: "about Rails" },
];
