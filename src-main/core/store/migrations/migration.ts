/** What a migration is: a number and the SQL that leads from the schema before to this one. Never edited once released. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Runs inside a transaction together with the setting of `user_version`. */
  readonly sql: string;
}
