import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IssuedCertificate } from './certificates.ts';

/** Where a certificate and its key are. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Writes a certificate and its key, which others cannot read, for a server that wants files. */
export async function writeCertificate(
  folder: string,
  { certificate, key }: IssuedCertificate,
): Promise<CertificateFiles> {
  const files = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  await writeFile(files.certificate, certificate);
  await writeFile(files.key, key, { mode: 0o600 });
  return files;
}
