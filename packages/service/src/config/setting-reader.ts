import type { Fault, Where } from '@bfm/core';
import { findAt, type ConfigMapping } from './config-tree.ts';
import type { ConfigurationSources, SettingOrigin } from './configuration-sources.ts';
import type { Definitions, SettingDefinition, ValueOf } from './definition.ts';
import type { Scalar } from './value-types.ts';

/** Where a value was written, for messages. */
export interface SettingPlace {
  /** The variable, or the path in bfm.yaml. */
  readonly label: string;
  readonly origin: SettingOrigin;
  readonly where: Where;
  /** The way to write it right. */
  readonly mend: string;
}

/** A value that could be read. */
export interface Setting<T> {
  readonly value: T;
  readonly place: SettingPlace;
}

/** What is set of some definitions; `null`: not set, or at fault. */
export type SettingsOf<D extends Definitions> = { readonly [K in keyof D]: Setting<ValueOf<D[K]>> | null };

/** Where to look for the settings of one connection, or of the program. */
export interface SettingScope {
  /** In front of every variable: `CORE_`. */
  readonly prefix: string;
  /** What bfm.yaml holds for it; `null`: nothing. */
  readonly mapping: ConfigMapping | null;
  /** The path to it in bfm.yaml with a dot behind it, or nothing for the top. */
  readonly path: string;
}

/** The values alone. */
export type ValuesOf<D extends Definitions> = { readonly [K in keyof D]: ValueOf<D[K]> | null };

/** Leaves out where values were written. */
export function toValues<const D extends Definitions>(found: SettingsOf<D>): ValuesOf<D> {
  return Object.fromEntries(
    Object.entries<Setting<unknown> | null>(found).map(([name, setting]) => [name, setting?.value ?? null]),
  ) as ValuesOf<D>;
}

interface Written {
  readonly scalar: Scalar;
  readonly place: SettingPlace;
}

/** Reads settings from variables and bfm.yaml, variables first, and collects what is wrong with them. */
export class SettingReader {
  readonly faults: Fault[] = [];
  readonly #sources: ConfigurationSources;
  readonly #faulty = new Set<string>();

  constructor(sources: ConfigurationSources) {
    this.#sources = sources;
  }

  /** Reads all of some definitions. */
  readAll<const D extends Definitions>(definitions: D, scope: SettingScope): SettingsOf<D> {
    return Object.fromEntries(
      Object.entries(definitions).map(([name, definition]) => [name, this.read(definition, scope)]),
    ) as SettingsOf<D>;
  }

  /** Reads one setting; `null` when it is not set, or is at fault. */
  read<T>(definition: SettingDefinition<T>, scope: SettingScope): Setting<T> | null {
    const written = this.#fromEnvironment(definition, scope) ?? this.#fromDocument(definition, scope);
    if (written === null || written === 'faulty') return null;
    const { scalar, place } = written;
    const reason = place.origin === 'document' ? kindFault(scalar, definition) : null;
    if (reason !== null) return this.refuse(place, reason);
    const reading = definition.type.read(String(scalar));
    return reading.ok ? { value: reading.value, place } : this.refuse(place, reading.reason);
  }

  /** Whether what was written for a setting is at fault, so that nobody says it is missing, too. */
  isFaulty(definition: SettingDefinition<unknown>, scope: SettingScope): boolean {
    return this.#labels(definition, scope).some((label) => this.#faulty.has(label));
  }

  /** Notes a fault at a place. */
  refuse(place: Pick<SettingPlace, 'label' | 'where' | 'mend'>, reason: string): null {
    const { label, where, mend } = place;
    this.#faulty.add(label);
    this.faults.push({ code: 'config.invalid', message: `${label} is not usable: ${reason}`, where, mend });
    return null;
  }

  #labels({ variable, key, secret }: SettingDefinition<unknown>, { prefix, path }: SettingScope): string[] {
    const labels = [`${prefix}${variable}`, `${path}${key ?? ''}`];
    return secret ? [...labels, `${prefix}${variable}_FILE`, `${path}${key ?? ''}_file`] : labels;
  }

  #fromEnvironment(
    definition: SettingDefinition<unknown>,
    { prefix }: SettingScope,
  ): Written | 'faulty' | null {
    const { environment } = this.#sources;
    const label = `${prefix}${definition.variable}`;
    const place = (name: string, example: string): SettingPlace => ({
      label: name,
      origin: 'environment',
      where: {},
      mend: `set ${name}, for example to ${example}`,
    });
    const value = environment[label] ?? '';
    const direct = value === '' ? null : { scalar: value, place: place(label, definition.example) };
    if (!definition.secret) return direct;
    const path = environment[`${label}_FILE`] ?? '';
    const file = path === '' ? null : { scalar: path, place: place(`${label}_FILE`, SECRET_FILE) };
    return this.#chooseSecret(direct, file, definition);
  }

  #fromDocument(
    definition: SettingDefinition<unknown>,
    { mapping, path }: SettingScope,
  ): Written | 'faulty' | null {
    const { key } = definition;
    if (mapping === null || key === null) return null;
    const direct = this.#scalarAt(mapping, { path, key, example: toYaml(definition) });
    if (!definition.secret) return direct;
    const file = this.#scalarAt(mapping, { path, key: `${key}_file`, example: SECRET_FILE });
    if (direct === 'faulty' || file === 'faulty') return 'faulty';
    return this.#chooseSecret(direct, file, definition);
  }

  #scalarAt(
    mapping: ConfigMapping,
    { path, key, example }: { path: string; key: string; example: string },
  ): Written | 'faulty' | null {
    const node = findAt(mapping, key)?.value ?? null;
    if (node === null) return null;
    const name = key.split('.').at(-1) ?? key;
    const place: SettingPlace = {
      label: `${path}${key}`,
      origin: 'document',
      where: node.where,
      mend: `write for example ${name}: ${example}`,
    };
    if (node.kind === 'scalar' && node.value !== null) return { scalar: node.value, place };
    this.refuse(place, node.kind === 'scalar' ? NO_VALUE : 'a single value belongs here');
    return 'faulty';
  }

  #chooseSecret(
    direct: Written | null,
    file: Written | null,
    { example }: SettingDefinition<unknown>,
  ): Written | 'faulty' | null {
    if (file === null) return direct;
    if (direct !== null) {
      const [one, other] = [direct.place.label, file.place.label];
      this.refuse({ ...file.place, mend: `keep one of ${one} and ${other}` }, `${one} is set as well`);
      return 'faulty';
    }
    const { place } = file;
    const reading =
      typeof file.scalar === 'string'
        ? this.#sources.readFile(file.scalar, place.origin)
        : ({ ok: false, reason: 'the path of a file belongs here, as text' } as const);
    if (!reading.ok) {
      this.refuse(
        { ...place, mend: `make ${place.label} name a file that holds the value and nothing else` },
        reading.reason,
      );
      return 'faulty';
    }
    const text = reading.value.replace(/\r?\n$/, '');
    const mend = `write the value, and nothing else, into the file that ${place.label} names, for example ${example}`;
    const content = { ...place, mend };
    if (text !== '') return { scalar: text, place: content };
    this.refuse(content, 'the file it names is empty');
    return 'faulty';
  }
}

const SECRET_FILE = '/run/secrets/name';

const NO_VALUE = 'it has no value; one that begins with # needs quotes';

/** An example as bfm.yaml has it: texts that YAML would take for something else in quotes. */
function toYaml({ type, example }: SettingDefinition<unknown>): string {
  if (type.schema.type !== 'string') return example;
  return /^[A-Za-z/.][\w./:@ -]*$/.test(example) && !/: | #/.test(example)
    ? example
    : JSON.stringify(example);
}

/** Says why a value of bfm.yaml is of the wrong kind, or nothing. */
function kindFault(scalar: Scalar, { type }: SettingDefinition<unknown>): string | null {
  switch (type.schema.type) {
    case 'string':
      if (typeof scalar === 'string') return null;
      return `YAML takes it for ${typeof scalar === 'number' ? 'a number' : 'true or false'}; write it in quotes`;
    case 'integer':
      if (typeof scalar === 'number') return null;
      return `it is not a number; write a ${type.description}, without quotes`;
    case 'boolean':
      return typeof scalar === 'boolean' ? null : 'it is not true or false, the two words YAML has for it';
  }
}
