// Every input in docs/recipes.md exists, and takes what is written there.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { actions } from '../../src/entries/actions.ts';
import type { ActionDeclaration } from '../../src/inputs/declaration.ts';
import { readPage } from '../helpers/documentation.ts';

type Recipe = Readonly<Record<string, Readonly<Record<string, string>>>>;

const declarations: Readonly<Record<string, { readonly declaration: ActionDeclaration } | undefined>> =
  actions;
const recipes = readPage('docs/recipes.md')
  .blocks.filter(({ language }) => language === 'yaml')
  .map(({ heading, text }) => ({ heading, recipe: parse(text) as Recipe }));

function findFaults(recipe: Recipe): string[] {
  return Object.entries(recipe).flatMap(([name, given]) => {
    const inputs = declarations[name]?.declaration.inputs;
    if (inputs === undefined) return [`there is no action ${name}`];
    return Object.entries(given).flatMap(([input, value]) => {
      try {
        if (inputs[input] === undefined) return [`${name} has no input ${input}`];
        inputs[input].parse(value);
        return [];
      } catch (error) {
        return [`${name}, ${input}: ${String(error)}`];
      }
    });
  });
}

it('there are recipes', () => {
  expect(recipes.map(({ heading }) => heading)).toEqual(['Cerb', 'WordPress', 'ApisCP', 'Django']);
});

it.each(recipes)('the one for $heading can be copied', ({ recipe }) => {
  expect(findFaults(recipe)).toEqual([]);
});

it('what cannot be copied is found', () => {
  expect(findFaults({ dmup: {} })).toEqual(['there is no action dmup']);
  expect(findFaults({ dump: { database: 'x' } })).toEqual(['dump has no input database']);
  expect(findFaults({ 'sync-storage': { paths: 'srv' } })).toEqual([
    expect.stringMatching(/^sync-storage, paths: /),
  ]);
});
