"""Onboards a domain from Python: starts or joins a run, shows its phases, approves, prints the result.

    pip install -r requirements.txt
    CLOUDFLARE_ACCOUNT_ID=... python onboard.py example.com alex "the identity provider has been tested"

TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the like name the Temporal server. Input, status and result are described in
docs/schemas/ of this repository.
"""

import asyncio
import os
import sys
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError


async def start_or_join(client: Client, onboarding: dict) -> WorkflowHandle:
    # The domain in lower-case ASCII. The worker rejects any other id, because the id prevents two runs for one domain.
    workflow_id = f"sso/{onboarding['accountId']}/{onboarding['emailDomain']}"
    try:
        return await client.start_workflow(
            "onboardSsoConnector",
            onboarding,
            id=workflow_id,
            task_queue="sso-onboarding",
            # USE_EXISTING would ignore this input silently. No timeouts and no retry policy: the worker rejects them.
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
    except WorkflowAlreadyStartedError as error:
        handle = client.get_workflow_handle(workflow_id, run_id=error.run_id)
        started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
        [running] = await client.data_converter.decode(started.input.payloads)
        # Fields that this program does not set may differ: other clients fill in defaults.
        if started.workflow_type.name != "onboardSsoConnector" or not onboarding.items() <= running.items():
            sys.exit(f"{onboarding['emailDomain']} is in use: {started.workflow_type.name} {running} is running")
        print(f"{onboarding['emailDomain']} is being onboarded already with the same input; showing that run")
        return handle


async def phase_of(handle: WorkflowHandle) -> str | None:
    """None: no worker answers."""
    try:
        return (await handle.query("status", rpc_timeout=timedelta(seconds=5)))["phase"]
    except (RPCError, WorkflowQueryFailedError):
        return None


async def show_and_approve(handle: WorkflowHandle, by: str, reason: str) -> None:
    shown: str | None = ""
    while (await handle.describe()).status == WorkflowExecutionStatus.RUNNING:
        phase = await phase_of(handle)
        if phase != shown:
            print(phase or "no worker answers")
        shown = phase
        if phase == "waiting-for-approval":
            # The same id sent twice is one answer. An answer that no worker accepts in time is not recorded.
            await handle.execute_update(
                "approve", {"by": by, "reason": reason}, id=f"approve-by-{by}", rpc_timeout=timedelta(seconds=30)
            )
            print(f"approved by {by}")
            return
        await asyncio.sleep(1)


async def main(domain: str, by: str, reason: str) -> None:
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
    handle = await start_or_join(
        client, {"accountId": account, "emailDomain": domain, "enablement": "after-approval"}
    )
    try:
        await show_and_approve(handle, by, reason)
        print(await handle.result())
    except WorkflowUpdateFailedError as error:
        sys.exit(f"Not approved: {error.cause}")
    except WorkflowFailureError as error:
        cause = error.cause
        # The details of "Undone" are a report of what was undone and what is left.
        details = cause.details if isinstance(cause, ApplicationError) else ()
        sys.exit(f"{cause} {list(details)}")
    finally:
        # An interpreter that ends right after a call can crash: https://github.com/temporalio/sdk-python/issues/300
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: onboard.py DOMAIN WHO-APPROVES WHY")
    asyncio.run(main(*sys.argv[1:]))
