import { expect, it } from 'vitest';
import { placesIn, withPlaces, withPlacesInJson } from './given-places.ts';

it('finds where a command line says to look', () => {
  expect(placesIn(['up', '--env-file', 'my env', '--sfm=a/b', '--yes', '--', '--config', 'x'])).toEqual([
    '--sfm a/b',
    "--env-file 'my env'",
  ]);
  expect(placesIn(['up', '--env-file'])).toEqual([]);
});

it.each([
  [
    'accept it: bfm repair mark-applied --reason WHY',
    'accept it: bfm repair mark-applied --reason WHY --env-file e',
  ],
  ['bfm down, or (bfm status)', 'bfm down --env-file e, or (bfm status --env-file e)'],
  ['bfm history tells who', 'bfm history --env-file e tells who'],
  ['bfm target drop shop/a --yes', 'bfm target drop shop/a --yes --env-file e'],
  ['bfm plan --env-file e --schema a', 'bfm plan --env-file e --schema a'],
  ['bfm init makes one; set BFM_X, or ask', 'bfm init makes one; set BFM_X, or ask'],
  ['bfm up --help', 'bfm up --help'],
  ['look:\nbfm up', 'look:\nbfm up --env-file e'],
])('says it in the commands of %j', (text, expected) => {
  expect(withPlaces(text, ['--env-file e'])).toBe(expected);
});

it('has commands go to the same server, unless they work on this machine only', () => {
  const places = placesIn(['up', '--server', 'https://bfm.example.com:7070']);
  expect(withPlaces('bfm plan; or bfm new create_users', places)).toBe(
    'bfm plan --server https://bfm.example.com:7070; or bfm new create_users',
  );
  expect(placesIn(['up', '--server', 'https://ann:secret@bfm.example.com'])).toEqual([]);
});

it('leaves everything as it is where none was given, and other fields of a document always', () => {
  expect(withPlaces('bfm up')).toBe('bfm up');
  expect(withPlacesInJson('next', null)).toBeNull();
});
