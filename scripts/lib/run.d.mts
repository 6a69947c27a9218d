/** What to tell a person: no stack, only the sentence. */
export class Trouble extends Error {}
