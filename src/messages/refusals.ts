/** What can stand in the way of a story, by its cause: sentences for whoever asked for it. */
export const clashes = {
  'being-undone': 'An onboarding of this domain is being undone',
  'other-input': 'A run for this domain is under way with another input',
  onboarding: 'An onboarding of this domain is under way',
  offboarding: 'An off-boarding of this domain is under way',
  'other-workflow': 'Other work on this domain is under way',
} as const;
