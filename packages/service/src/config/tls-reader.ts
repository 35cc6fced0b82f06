import type { PostgresUrl, UrlParameter } from './postgres-url.ts';
import { TLS_MODE, type CONNECTION_SETTINGS } from './connection-settings.ts';
import type { ConfigurationSources } from './configuration-sources.ts';
import { readPem, type PemKind } from './pem.ts';
import type { Setting, SettingPlace, SettingReader, SettingsOf } from './setting-reader.ts';
import { isLocalHost, isSocket, SYSTEM_CERTIFICATES, type TlsMode, type TlsSettings } from './tls.ts';

/** What the TLS of one address is read from. */
export interface TlsInit {
  readonly host: string;
  /** The URL's own word, and where the URL was written. */
  readonly url: { readonly parameters: PostgresUrl['parameters']; readonly place: SettingPlace } | null;
  /** What the URL's scheme says about it, and where; absent where schemes say nothing. */
  readonly scheme?: { readonly encrypted: boolean; readonly place: SettingPlace };
  readonly settings: Pick<
    SettingsOf<typeof CONNECTION_SETTINGS>,
    'tlsMode' | 'tlsRootCert' | 'tlsCert' | 'tlsKey'
  >;
}

/** Reads what TLS has to prove and with what, and collects what is wrong with it. */
export class TlsReader {
  readonly #reader: SettingReader;
  readonly #sources: ConfigurationSources;
  readonly #init: TlsInit;

  constructor(reader: SettingReader, sources: ConfigurationSources, init: TlsInit) {
    this.#reader = reader;
    this.#sources = sources;
    this.#init = init;
  }

  /** `null` when something is wrong. */
  read(): TlsSettings | null {
    const { settings, host } = this.#init;
    const said = this.#choose('sslmode', settings.tlsMode);
    const root = this.#choose('sslrootcert', settings.tlsRootCert);
    const certificate = this.#choose('sslcert', settings.tlsCert);
    const key = this.#choose('sslkey', settings.tlsKey);
    const asked = this.#mode(said, [root, certificate, key]);
    // As in libpq: root certificates that are named are used.
    const mode = asked === 'require' && root !== null ? 'verify-ca' : asked;
    const client = this.#client(certificate, key);
    const rootCertificates = root === null ? null : this.#root(root, mode);
    if (mode === null || client === 'faulty' || (root !== null && rootCertificates === null)) return null;
    // As in libpq: what goes through a socket never leaves the machine, and there is no TLS for it.
    return { mode: isSocket(host) ? 'disable' : mode, rootCertificates, client };
  }

  /** The URL's word or the setting's; they may both say it if they say the same. */
  #choose(parameter: UrlParameter, setting: Setting<string> | null): Setting<string> | null {
    const { url } = this.#init;
    const value = url?.parameters.get(parameter) ?? null;
    if (url === null || value === null) return setting;
    const place = { ...url.place, mend: `mend ${parameter} in ${url.place.label}` };
    if (setting !== null && setting.value !== value) {
      this.#reader.refuse(
        { ...setting.place, mend: `say it in one of them` },
        `${parameter} in ${url.place.label} says something else`,
      );
    }
    return { value, place };
  }

  #mode(said: Setting<string> | null, files: readonly (Setting<string> | null)[]): TlsMode | null {
    const { host } = this.#init;
    const file = files.find((setting) => setting !== null) ?? null;
    if (said === null) return this.#modeOfScheme(isLocalHost(host) && file === null);
    const mode = TLS_MODE.read(said.value);
    if (!mode.ok) return this.#reader.refuse(said.place, `sslmode: ${mode.reason}`);
    const contradiction = this.#contradicts(mode.value);
    if (contradiction !== null) return this.#reader.refuse(said.place, contradiction);
    const isUnused = mode.value === 'disable' && file !== null && !isSocket(host);
    return isUnused
      ? this.#reader.refuse(file.place, `sslmode is disable (${said.place.label}): no certificate is used`)
      : mode.value;
  }

  #modeOfScheme(isLocal: boolean): TlsMode | null {
    const { scheme } = this.#init;
    if (scheme === undefined) return isLocal ? 'disable' : 'verify-full';
    if (scheme.encrypted) return 'verify-full';
    if (isLocal) return 'disable';
    const mend =
      'begin it with https:// or rediss://; or set BFM_LOCK_SSLMODE=disable to go without on purpose';
    return this.#reader.refuse({ ...scheme.place, mend }, 'its scheme means that nothing is encrypted');
  }

  #contradicts(mode: TlsMode): string | null {
    const { scheme } = this.#init;
    if (scheme === undefined || scheme.encrypted === (mode !== 'disable')) return null;
    return scheme.encrypted
      ? `the scheme of ${scheme.place.label} means TLS, and this means none`
      : `the scheme of ${scheme.place.label} means no TLS: begin it with https:// or rediss://`;
  }

  #root(root: Setting<string>, mode: TlsMode | null): string | null {
    if (root.value !== SYSTEM_CERTIFICATES) return this.#pem(root, 'CERTIFICATE');
    if (mode === null || mode === 'verify-full') return SYSTEM_CERTIFICATES;
    // As in libpq: the system's certificates sign half of the Internet.
    return this.#reader.refuse(root.place, 'system goes with verify-full only');
  }

  #client(
    certificate: Setting<string> | null,
    key: Setting<string> | null,
  ): TlsSettings['client'] | 'faulty' {
    if (certificate === null && key === null) return null;
    const present = certificate ?? key;
    if (certificate === null || key === null) {
      const [has, lacks] = certificate === null ? ['a key', 'certificate'] : ['a certificate', 'key'];
      if (present !== null) this.#reader.refuse(present.place, `${has} is named without its ${lacks}`);
      return 'faulty';
    }
    const [read, readKey] = [this.#pem(certificate, 'CERTIFICATE'), this.#pem(key, 'PRIVATE KEY')];
    return read === null || readKey === null ? 'faulty' : { certificate: read, key: readKey };
  }

  #pem({ value, place }: Setting<string>, kind: PemKind): string | null {
    const reading = readPem(this.#sources.readFile(value, place.origin), kind);
    return reading.ok ? reading.value : this.#reader.refuse(place, reading.reason);
  }
}
