/** Refusals of the desktop window, in words for the person. */
import { expect, test } from 'vitest';
import { chooseHere } from './desktop.ts';
import { RefusedError } from './errors.ts';

const refusing = (message: string) => ({ chooseSource: () => Promise.reject(new Error(message)) });

test('what was chosen comes through, and so does a cancelled dialog', async () => {
  const chosen = { uploadId: 'u1', name: 'card-7' };
  expect(await chooseHere({ chooseSource: () => Promise.resolve(chosen) }, 'folder')).toEqual(chosen);
  expect(await chooseHere({ chooseSource: () => Promise.resolve(null) }, 'image')).toBeNull();
});

test('a refusal says what happened and what to do, without the words of the channel', async () => {
  const words = "Error invoking remote method 'trugrade:choose-source': Error: the folder is empty; choose another";
  const error = await chooseHere(refusing(words), 'folder').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ data: { message: 'the folder is empty', next: 'choose another' } });
});

test('a refusal without advice gets some', async () => {
  const error = await chooseHere(refusing('no'), 'folder').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ data: { message: 'no', next: expect.stringMatching(/./) } });
});
