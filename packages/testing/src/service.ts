/** What one provider of a service answered. */
export type ProviderAnswer<Service> =
  | { readonly kind: 'found'; readonly service: Service }
  /** It has nothing to offer here; the next provider is asked. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** What was asked for explicitly is broken; asking others would hide that. */
  | { readonly kind: 'refused'; readonly reason: string };

/** One way to get a service, such as an address in the environment, a binary or a container. */
export interface ServiceProvider<Service> {
  /** Names the way, for people. */
  readonly name: string;
  /** A thrown error counts as `unavailable` with its message as the reason. */
  find(): Promise<ProviderAnswer<Service>>;
}

/** A service and the ways to get it, the preferred one first. */
export interface ServiceSpec<Service> {
  /** Names the service, such as `PostgreSQL 15`. */
  readonly service: string;
  readonly providers: readonly ServiceProvider<Service>[];
  /** What a person can do when nothing was found, as one sentence. */
  readonly remedy: string;
}

/** A service that tests need could not be had in any way. Its message lists what every provider said. */
export class MissingServiceError extends Error {
  override readonly name = 'MissingServiceError';
  /** The service asked for. */
  readonly service: string;
  /** One `provider: reason` for each provider that was asked, in order. */
  readonly reasons: readonly string[];

  constructor(spec: { readonly service: string; readonly remedy: string }, reasons: readonly string[]) {
    const list = reasons.map((reason) => `  - ${reason}`).join('\n');
    super(`${spec.service} is needed by the tests, and none was found:\n${list}\n${spec.remedy}`);
    this.service = spec.service;
    this.reasons = reasons;
  }
}

/**
 * Asks the providers of a service in order and returns the first thing found.
 *
 * @throws {MissingServiceError} when nobody has it, or one refused.
 */
export async function resolveService<Service>(spec: ServiceSpec<Service>): Promise<Service> {
  const reasons: string[] = [];
  for (const provider of spec.providers) {
    const answer = await ask(provider);
    if (answer.kind === 'found') return answer.service;
    reasons.push(`${provider.name}: ${answer.reason}`);
    if (answer.kind === 'refused') break;
  }
  throw new MissingServiceError(spec, reasons);
}

async function ask<Service>(provider: ServiceProvider<Service>): Promise<ProviderAnswer<Service>> {
  try {
    return await provider.find();
  } catch (error) {
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) };
  }
}
