import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { der, objectId, sequence } from './der.ts';

/** A certificate and its key, as PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is asked for with. */
export interface CertificateRequest {
  /** Of whom it speaks. */
  readonly commonName: string;
  /** Host names and IPv4 addresses it is for. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** Somebody who signs certificates. */
export interface CertificateAuthority {
  /** Its own, as PEM. */
  readonly certificate: string;
  issue(request: CertificateRequest): IssuedCertificate;
}

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Makes an authority of its own, without any program beside Node. */
export function makeCertificateAuthority(commonName: string): CertificateAuthority {
  const keys = newKeys();
  const own: CertificateRequest = { commonName };
  return {
    certificate: toPem(
      'CERTIFICATE',
      certify(own, { subjectKeys: keys, issuer: commonName, issuerKeys: keys }),
    ),
    issue: (request) => {
      const subjectKeys = newKeys();
      const bytes = certify(request, { subjectKeys, issuer: commonName, issuerKeys: keys });
      return {
        certificate: toPem('CERTIFICATE', bytes),
        key: String(subjectKeys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      };
    },
  };
}

function newKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

function certify(
  { commonName, hosts, notBefore, notAfter }: CertificateRequest,
  { subjectKeys, issuer, issuerKeys }: { subjectKeys: KeyPair; issuer: string; issuerKeys: KeyPair },
): Buffer {
  const now = Date.now();
  const isAuthority = subjectKeys === issuerKeys;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    name(issuer),
    sequence(time(notBefore ?? new Date(now - DAY_MS)), time(notAfter ?? new Date(now + DAY_MS))),
    name(commonName),
    subjectKeys.publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(...(isAuthority ? [AUTHORITY] : []), ...(hosts === undefined ? [] : [forHosts(hosts)])),
    ),
  );
  const signature = sign('sha256', content, { key: issuerKeys.privateKey, dsaEncoding: 'der' });
  return sequence(content, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature));
}

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(objectId('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

/** basicConstraints, critical: may sign others. */
const AUTHORITY = sequence(
  objectId('2.5.29.19'),
  der(0x01, Buffer.from([0xff])),
  der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
);

/** subjectAltName. */
function forHosts(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
  );
  return sequence(objectId('2.5.29.17'), der(0x04, sequence(...names)));
}

function toPem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
