import type { ConfigurationSources } from './configuration-sources.ts';
import { readPem, type PemKind } from './pem.ts';
import type { ServerTlsSettings } from './server-configuration.ts';
import type { SERVER_SETTINGS } from './server-settings.ts';
import type { Setting, SettingReader, SettingsOf } from './setting-reader.ts';

/** What is read with. */
interface TlsReading {
  readonly reader: SettingReader;
  readonly sources: ConfigurationSources;
}

/** Reads what the server proves itself with; `null`: it speaks clear text, or something is at fault. */
export function readServerTls(
  found: Pick<SettingsOf<typeof SERVER_SETTINGS>, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>,
  { reader, sources }: TlsReading,
): ServerTlsSettings | null {
  const { tlsCert, tlsKey, tlsClientCa } = found;
  const read = (setting: Setting<string> | null, kind: PemKind): string | null => {
    if (setting === null) return null;
    const pem = readPem(sources.readFile(setting.value, setting.place.origin), kind);
    return pem.ok ? pem.value : reader.refuse(setting.place, pem.reason);
  };
  const certificate = read(tlsCert, 'CERTIFICATE');
  const key = read(tlsKey, 'PRIVATE KEY');
  const clientAuthority = read(tlsClientCa, 'CERTIFICATE');
  if (tlsCert === null || tlsKey === null) {
    const alone = tlsCert ?? tlsKey ?? tlsClientCa;
    if (alone !== null) {
      const mend = 'set BFM_TLS_CERT and BFM_TLS_KEY, or neither';
      reader.refuse({ ...alone.place, mend }, 'certificate and key go together');
    }
    return null;
  }
  return certificate === null || key === null ? null : { certificate, key, clientAuthority };
}
