import { request } from 'node:https';
import { makeCertificateAuthority } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { useHttpServer } from './support/use-http-server.ts';

interface TlsCall {
  readonly port: number;
  readonly authority: string;
  readonly own?: { readonly certificate: string; readonly key: string };
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}

/** The status of /livez, or why the connection was refused. */
function ask({ port, authority, own, maxVersion }: TlsCall): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  const call = request(
    {
      port,
      host: '127.0.0.1',
      path: '/livez',
      ca: authority,
      agent: false,
      ...(own === undefined ? {} : { cert: own.certificate, key: own.key }),
      ...(maxVersion === undefined ? {} : { maxVersion, minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }),
    },
    (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    },
  );
  call.on('error', ({ message }) => resolve(message));
  call.end();
  return promise;
}

describe('over TLS', () => {
  const authority = makeCertificateAuthority('our root');
  const issued = authority.issue({ commonName: 'server', hosts: ['127.0.0.1'] });
  const pair = { key: Buffer.from(issued.key), certificate: Buffer.from(issued.certificate) };

  it('answers, with 1.2 and newer only; no clear text', async () => {
    const { server, call } = await useHttpServer({ tls: { ...pair, clientAuthority: null } });
    const { port } = server;
    expect(await ask({ port, authority: authority.certificate })).toBe(200);
    expect(await ask({ port, authority: authority.certificate, maxVersion: 'TLSv1.2' })).toBe(200);
    expect(await ask({ port, authority: authority.certificate, maxVersion: 'TLSv1.1' })).toMatch(
      /protocol|version/i,
    );
    expect(await ask({ port, authority: makeCertificateAuthority('x').certificate })).toMatch(
      /certificate|signature/i,
    );
    await expect(call('/livez')).rejects.toThrow();
  });

  it('asks for the certificate of a client where told to', async () => {
    const clients = makeCertificateAuthority('clients');
    const { server } = await useHttpServer({
      tls: { ...pair, clientAuthority: Buffer.from(clients.certificate) },
    });
    const shared = { port: server.port, authority: authority.certificate };
    const known = clients.issue({ commonName: 'ci' });
    expect(await ask({ ...shared, own: known })).toBe(200);
    expect(await ask(shared)).toMatch(/certificate|socket hang up|ECONNRESET/i);
    const stranger = makeCertificateAuthority('others').issue({ commonName: 'ci' });
    expect(await ask({ ...shared, own: stranger })).not.toBe(200);
  });

  it('does not start with what is no key', async () => {
    const tls = { key: Buffer.from('no'), certificate: pair.certificate, clientAuthority: null };
    await expect(useHttpServer({ tls })).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('behind a proxy', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer no' };

  it.each([
    ['nobody is believed', [], '127.0.0.1'],
    ['a proxy that is not named is not believed', ['10.0.0.0/8'], '127.0.0.1'],
    ['a named one tells who the client is', ['127.0.0.0/8'], '203.0.113.7'],
  ])('%s', async (_what, trustedProxies, address) => {
    const { call, lines } = await useHttpServer({ trustedProxies });
    await call('/metrics', { headers: forwarded });
    expect(lines.join('')).toContain(`"address":"${address}"`);
  });

  it('what is no address keeps the server from starting', async () => {
    await expect(useHttpServer({ trustedProxies: ['everybody'] })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });
});
