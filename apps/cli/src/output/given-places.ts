import { quoteOption } from '@bfm/core';
import { toPieces } from './command-words.ts';
import { withSlashes } from './shown-path.ts';

/** Options that say where the configuration, the migrations and the server are: without them, a command speaks of others. */
const PLACES = ['--sfm', '--config', '--env-file', '--server'];
/** Commands that read neither, and help. */
const ELSEWHERE = /^\(?bfm (?:completion|help|init)\b| --help\b/;
/** Commands that work on this machine only. */
const LOCAL = /^\(?bfm (?:import|new|serve|worker)\b/;
/** An address with a password in it is refused, and repeated nowhere. */
const SECRET = /^--server=?.*@/;
/** Where options can stand: behind all others, but before a redirection and punctuation. */
const OPTIONS_HERE = /(?= >|[;,.:)]*$)/;

let given: readonly string[] = [];

/** Keeps for this process where its command line said to look. */
export function keepGivenPlaces(args: readonly string[]): void {
  given = placesIn(args);
}

/** The options of a command line that say where to look, as a shell reads them. */
export function placesIn(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  const words = end === -1 ? args : args.slice(0, end);
  return PLACES.flatMap((name) => {
    const at = words.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
    const value = words[at] === name ? words[at + 1] : words[at]?.slice(name.length + 1);
    // With / a path needs no quotes on Windows, whose shells have others than these.
    const place = value === undefined ? null : quoteOption(name, withSlashes(value));
    return place === null || SECRET.test(place) ? [] : [place];
  });
}

/** A text whose `bfm ...` commands look where this one looked, so that they do the same when they are typed. */
export function withPlaces(text: string, places: readonly string[] = given): string {
  if (places.length === 0) return text;
  const line = (each: string): string =>
    toPieces(each)
      .map((piece) => (piece.isCommand ? commandWith(piece.text, places) : piece.text))
      .join(' ');
  return text.split('\n').map(line).join('\n');
}

function commandWith(command: string, places: readonly string[]): string {
  if (ELSEWHERE.test(command)) return command;
  const missing = places.filter((place) => {
    const name = place.split(/[ =]/)[0] ?? place;
    return !command.includes(name) && !(name === '--server' && LOCAL.test(command));
  });
  return missing.length === 0 ? command : command.replace(OPTIONS_HERE, () => ` ${missing.join(' ')}`);
}

/** For `JSON.stringify`: what is to be typed next is told to programs, too, as it works here. */
export function withPlacesInJson(key: string, value: unknown): unknown {
  return (key === 'next' || key === 'mend') && typeof value === 'string' ? withPlaces(value) : value;
}
