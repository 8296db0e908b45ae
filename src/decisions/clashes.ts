/** What can stand in the way of an onboarding, by its cause: sentences for whoever asked for it. */
export const clashes = {
  'being-undone': 'An onboarding of this domain is being undone',
  'other-input': 'An onboarding of this domain is running with another input',
  'other-workflow': 'Other work on this domain is under way',
} as const;
