/** A package of npm in the program. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** As the lock file has it, such as `sha512-…`. */
  readonly integrity: string | undefined;
}

/** What the program is made of. */
export interface BillOfMaterials {
  readonly version: string;
  /** The sha256 of the program, in hex. */
  readonly sha256: string;
  readonly runtime: { readonly name: string; readonly version: string };
  readonly components: readonly Component[];
}

/** The bill of materials as a CycloneDX 1.6 document. */
export function toCycloneDx(bill: BillOfMaterials): unknown {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": "lockstep",
        name: "lockstep",
        version: bill.version,
        licenses: [{ license: { id: "MIT" } }],
        hashes: [{ alg: "SHA-256", content: bill.sha256 }],
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": "runtime",
        name: bill.runtime.name,
        version: bill.runtime.version,
      },
      ...bill.components.map(toComponent),
    ],
    dependencies: [{
      ref: "lockstep",
      dependsOn: ["runtime", ...bill.components.map(packageUrl)],
    }],
  };
}

function toComponent(component: Component): unknown {
  const [, hash] = component.integrity?.split("sha512-") ?? [];
  const hashes = hash === undefined
    ? {}
    : { hashes: [{ alg: "SHA-512", content: toHex(hash) }] };
  return {
    type: "library",
    "bom-ref": packageUrl(component),
    name: component.name,
    version: component.version,
    purl: packageUrl(component),
    ...hashes,
  };
}

/** By https://github.com/package-url/purl-spec, where a scope's @ is escaped. */
function packageUrl({ name, version }: Component): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function toHex(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return bytes.toHex();
}
