import { join } from "node:path";

/** A folder with certificates for tests, all signed by `ca.crt`. */
export interface Certificates {
  readonly folder: string;
  path(name: string): string;
}

/** Whether certificates can be made here. */
export function canMakeCertificates(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync()
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Makes an authority and another one, and whoever is named with it. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "lockstep-certificates-" });
  const certificates = { folder, path: (name: string) => join(folder, name) };
  await makeAuthority(folder, "ca");
  await makeAuthority(folder, "other");
  return certificates;
}

/** What is certified about a server or a client. */
export interface CertificateSubject {
  readonly commonName: string;
  /** As in `DNS:localhost`. */
  readonly alternativeName: string;
  /** Already over, instead of for a month from now. */
  readonly validity?: "valid" | "expired";
}

/** Makes `name.crt` and `name.key`. */
export async function certify(
  certificates: Certificates,
  name: string,
  subject: CertificateSubject,
): Promise<void> {
  const { folder } = certificates;
  await request(folder, name, subject.commonName);
  await Deno.writeTextFile(
    join(folder, `${name}.ext`),
    `subjectAltName=${subject.alternativeName}\nbasicConstraints=CA:FALSE\n`,
  );
  const days = subject.validity === "expired" ? "-1" : "30";
  await sign(folder, name, ["-days", days, "-extfile", `${name}.ext`]);
}

/** Makes `name.crt` of X.509 version 1, and `name.key`. */
export async function certifyVersion1(
  certificates: Certificates,
  name: string,
): Promise<void> {
  await request(certificates.folder, name, name);
  await sign(certificates.folder, name, ["-days", "30"]);
}

async function makeAuthority(folder: string, name: string): Promise<void> {
  await openssl(folder, [
    ..."req -x509 -newkey rsa:2048 -nodes -days 30".split(" "),
    ...["-keyout", `${name}.key`, "-out", `${name}.crt`],
    ...["-subj", `/CN=${name}`, "-addext", "keyUsage=keyCertSign"],
  ]);
}

async function request(
  folder: string,
  name: string,
  commonName: string,
): Promise<void> {
  await openssl(folder, [
    ..."req -newkey rsa:2048 -nodes".split(" "),
    ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    ...["-subj", `/CN=${commonName}`],
  ]);
  await Deno.chmod(join(folder, `${name}.key`), 0o600);
}

async function sign(
  folder: string,
  name: string,
  more: readonly string[],
): Promise<void> {
  await openssl(folder, [
    ..."x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial".split(" "),
    ...["-in", `${name}.csr`, "-out", `${name}.crt`, ...more],
  ]);
}

/** Runs openssl in a folder; throws with what it said. */
export async function openssl(
  folder: string,
  args: readonly string[],
): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [...args],
    cwd: folder,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
