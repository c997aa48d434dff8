const PERSON_ACTION = /^(?:user|admin|bypass)_/;

/** True for an action whose name says that its object is a user or an administrator. */
export function isAboutPerson(action: string): boolean {
  return PERSON_ACTION.test(action);
}
