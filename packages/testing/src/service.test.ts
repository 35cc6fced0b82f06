import { describe, expect, test } from 'vitest';
import { MissingServiceError, resolveService, type ProviderAnswer, type ServiceProvider } from './service.ts';

type Answer = ProviderAnswer<string>;

function provider(name: string, answer: Answer | Error, asked: string[] = []): ServiceProvider<string> {
  return {
    name,
    find: () => {
      asked.push(name);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
}

const FOUND: Answer = { kind: 'found', service: 'a server' };
const REMEDY = 'Install the package frobnicator.';

describe('resolveService', () => {
  test('takes the first provider that has the service and asks nobody after it', async () => {
    const asked: string[] = [];
    const service = await resolveService({
      service: 'Frobnicator',
      remedy: REMEDY,
      providers: [
        provider('environment', { kind: 'unavailable', reason: 'not set' }, asked),
        provider('binary', FOUND, asked),
        provider('Docker', FOUND, asked),
      ],
    });
    expect(service).toBe('a server');
    expect(asked).toEqual(['environment', 'binary']);
  });

  test('goes on after a provider that throws', async () => {
    const providers = [provider('binary', new Error('exploded')), provider('Docker', FOUND)];
    expect(await resolveService({ service: 'Frobnicator', remedy: REMEDY, providers })).toBe('a server');
  });

  test('fails with every reason in order and with what to install', async () => {
    const providers = [
      provider('environment', { kind: 'unavailable', reason: 'FROB_URL is not set' }),
      provider('binary', new Error('exploded')),
    ];
    const failure = resolveService({ service: 'Frobnicator', remedy: REMEDY, providers });
    await expect(failure).rejects.toBeInstanceOf(MissingServiceError);
    await expect(failure).rejects.toMatchObject({
      service: 'Frobnicator',
      reasons: ['environment: FROB_URL is not set', 'binary: exploded'],
      message: [
        'Frobnicator is needed by the tests, and none was found:',
        '  - environment: FROB_URL is not set',
        '  - binary: exploded',
        REMEDY,
      ].join('\n'),
    });
  });

  test('does not hide what was asked for and is broken behind another provider', async () => {
    const asked: string[] = [];
    const providers = [
      provider('environment', { kind: 'refused', reason: 'FROB_URL does not answer' }, asked),
      provider('binary', FOUND, asked),
    ];
    const failure = resolveService({ service: 'Frobnicator', remedy: REMEDY, providers });
    await expect(failure).rejects.toThrow('FROB_URL does not answer');
    expect(asked).toEqual(['environment']);
  });
});
