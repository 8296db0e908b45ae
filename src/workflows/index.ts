export { callBack } from './shared/call-back.ts';
export { deliver } from './shared/deliver.ts';
export { offboardSsoConnector } from './offboarding/offboard-sso-connector.ts';
export { onboardManySsoConnectors } from './bulk/onboard-many-sso-connectors.ts';
export { findDrift } from './drift/find-drift.ts';
export { onboardSsoConnector } from './onboarding/onboard-sso-connector.ts';
export { rememberConnector } from './shared/remember-connector.ts';
