import {
  fieldsOf,
  names,
  nodes,
  type ParseFields,
  type ParseTree,
  readNode,
  text,
} from "../sql/parse_tree.ts";
import type { QualifiedName } from "../sql/quote.ts";
import {
  alterationsOf,
  columnOf,
  nameIn,
  relationName,
} from "./alterations.ts";

/** What the migrations so far made: what is new has no rows and no users. */
export class SchemaSoFar {
  readonly #new = new Set<string>();
  readonly #checks = new Map<string, NullCheck>();
  readonly #validated = new Set<string>();
  readonly #checked = new Set<string>();

  /** Forgets what is new, as others use it by now. */
  startFile(): void {
    this.#new.clear();
  }

  /** Takes a statement into account. */
  see(tree: ParseTree): void {
    const made = madeBy(tree);
    if (made !== undefined) this.#new.add(keyOf(made));
    if (tree.kind === "RenameStmt") this.#rename(tree.fields);
    for (const alteration of alterationsOf(tree)) {
      const { table, subtype, name, def } = alteration;
      if (subtype === "AT_AddColumn") {
        this.#new.add(columnKey(table, text(def["colname"])));
      }
      if (subtype === "AT_AddConstraint") this.#addCheck(table, def);
      if (subtype === "AT_ValidateConstraint") {
        this.#validated.add(columnKey(table, name));
        this.#checked.add(keyOf(table));
      }
    }
  }

  /** Whether a table, view, type or index was made by these migrations. */
  isNew(name: QualifiedName): boolean {
    return this.#new.has(keyOf(name));
  }

  /** Whether a column was added by these migrations, or its table was made. */
  isNewColumn(table: QualifiedName, column: string | undefined): boolean {
    return this.isNew(table) || this.#new.has(columnKey(table, column));
  }

  /** Whether a valid constraint says that a column has no NULL. */
  hasNotNullCheck(table: QualifiedName, column: string | undefined): boolean {
    const key = columnKey(table, column);
    const check = this.#checks.get(key);
    if (check?.isValid === true) return true;
    // A check of an earlier file may be all that is validated here.
    return check === undefined
      ? [...this.#validated].some((one) => one.startsWith(`${keyOf(table)}\0`))
      : this.#validated.has(columnKey(table, check.name));
  }

  /** Whether a table got a valid CHECK from these migrations. */
  hasCheck(table: QualifiedName): boolean {
    return this.#checked.has(keyOf(table));
  }

  #rename({ renameType, relation, newname }: ParseFields): void {
    const table = relationName(relation);
    if (renameType === "OBJECT_COLUMN" || !this.isNew(table)) return;
    this.#new.add(keyOf({ ...table, name: text(newname) ?? "" }));
  }

  #addCheck(table: QualifiedName, constraint: ParseFields): void {
    const isValid = constraint["skip_validation"] !== true;
    if (isValid && constraint["contype"] === "CONSTR_CHECK") {
      this.#checked.add(keyOf(table));
    }
    const column = notNullColumn(constraint);
    if (column === undefined) return;
    this.#checks.set(columnKey(table, column), {
      name: text(constraint["conname"]),
      isValid,
    });
  }
}

/** A constraint that keeps NULL out of a column. */
interface NullCheck {
  readonly name: string | undefined;
  readonly isValid: boolean;
}

function notNullColumn(constraint: ParseFields): string | undefined {
  if (constraint["contype"] === "CONSTR_NOTNULL") {
    return names(constraint["keys"])[0];
  }
  if (constraint["contype"] !== "CONSTR_CHECK") return undefined;
  const test = readNode(constraint["raw_expr"]);
  if (test?.kind !== "NullTest") return undefined;
  return test.fields["nulltesttype"] === "IS_NOT_NULL"
    ? columnOf(test.fields["arg"])
    : undefined;
}

function madeBy({ kind, fields }: ParseTree): QualifiedName | undefined {
  switch (kind) {
    case "CreateStmt":
      return relationName(fields["relation"]);
    case "CreateForeignTableStmt":
      return relationName(fieldsOf(fields["base"])["relation"]);
    case "CreateTableAsStmt":
      return relationName(fieldsOf(fields["into"])["rel"]);
    case "SelectStmt":
      return intoName(fields);
    case "ViewStmt":
      return relationName(fields["view"]);
    case "IndexStmt":
      return indexName(fields);
    case "CompositeTypeStmt":
      return relationName(fields["typevar"]);
    case "CreateEnumStmt":
      return nameIn(fields["typeName"]);
    case "CreateDomainStmt":
      return nameIn(fields["domainname"]);
    default:
      return undefined;
  }
}

function intoName(fields: ParseFields): QualifiedName | undefined {
  const relation = fieldsOf(fields["intoClause"])["rel"];
  return relation === undefined ? undefined : relationName(relation);
}

/** An index is in the schema of its table. */
function indexName(fields: ParseFields): QualifiedName | undefined {
  const name = text(fields["idxname"]);
  if (name === undefined) return undefined;
  return { ...relationName(fields["relation"]), name };
}

/** What stands in no schema is in `public`, as far as a file can tell. */
function keyOf({ schema = "public", name }: QualifiedName): string {
  return `${schema}\0${name}`;
}

function columnKey(table: QualifiedName, column: string | undefined): string {
  return `${keyOf(table)}\0${column ?? ""}`;
}

/** The columns that a statement writes down, with their table. */
export function columnsIn(tree: ParseTree): readonly WrittenColumn[] {
  const table = relationName(tree.fields["relation"]);
  if (tree.kind === "CreateStmt") {
    return nodes(tree.fields["tableElts"], "ColumnDef")
      .filter(({ colname }) => colname !== undefined)
      .map((column) => ({ table, column, verb: "create" as const }));
  }
  return alterationsOf(tree)
    .filter(({ subtype }) => subtype === "AT_AddColumn")
    .map(({ def }) => ({ table, column: def, verb: "add" as const }));
}

/** A column definition. */
export interface WrittenColumn {
  readonly table: QualifiedName;
  readonly column: ParseFields;
  readonly verb: "create" | "add";
}
