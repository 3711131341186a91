import type { QualifiedName } from "../sql/quote.ts";

/** Something that a statement may take data from. */
export type LossTarget =
  | {
    /** What goes as a whole, with what hangs on it. */
    readonly kind: "relation" | "schema" | "type" | "extension" | "routine";
    readonly name: QualifiedName;
    readonly reach: "restrict" | "cascade";
  }
  | { readonly kind: "sequence"; readonly name: QualifiedName }
  | {
    /** A table whose rows go; with `cascade` those that refer to it, too. */
    readonly kind: "rows";
    readonly name: QualifiedName;
    readonly reach: "restrict" | "cascade";
  }
  | {
    /** Values of a table that are dropped, converted or overwritten. */
    readonly kind: "columns";
    readonly name: QualifiedName;
    readonly columns: readonly string[];
  }
  | { readonly kind: "call"; readonly name: QualifiedName }
  | { readonly kind: "database"; readonly name: QualifiedName }
  /** What the grammar does not know, which the server may. */
  | { readonly kind: "unparsed"; readonly sql: string }
  /** Nobody can say: any table. */
  | { readonly kind: "anything" };

/** A statement that may destroy data, and which. */
export interface PossibleLoss {
  /** In a few words, such as `DROP TABLE app.users`. */
  readonly statement: string;
  readonly line: number;
  readonly targets: readonly LossTarget[];
}

/** What a script may destroy. */
export interface ScriptLosses {
  readonly losses: readonly PossibleLoss[];
  /**
   * Whether it gives tables other names: then one that is not there now may be
   * there, with its rows, when it is dropped.
   */
  readonly renames: boolean;
  /** Whether it creates routines that may destroy data when they are called. */
  readonly createsCode: boolean;
}
