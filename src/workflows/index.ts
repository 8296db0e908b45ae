export { callBack } from './call-back.ts';
export { deliver } from './deliver.ts';
export { offboardSsoConnector } from './offboard-sso-connector.ts';
export { onboardManySsoConnectors } from './onboard-many.ts';
export { findDrift } from './find-drift.ts';
export { onboardSsoConnector } from './onboard-sso-connector.ts';
export { rememberConnector } from './remember-connector.ts';
