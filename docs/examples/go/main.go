// Onboards a domain from Go: starts or joins a run, shows its phases, approves, prints the result.
//
//	CLOUDFLARE_ACCOUNT_ID=... go run . example.com alex "the identity provider has been tested"
//
// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the like name the Temporal server. Input, status and result are described in
// docs/schemas/ of this repository.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
)

const workflowType = "onboardSsoConnector"

// The fields that this program sets; docs/schemas/onboarding-input.schema.json has all fields.
type onboarding struct {
	AccountID   string `json:"accountId"`
	EmailDomain string `json:"emailDomain"`
	Enablement  string `json:"enablement,omitempty"`
}

type decision struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: onboard DOMAIN WHO-APPROVES WHY")
	}
	c, err := client.Dial(envconfig.MustLoadDefaultClientOptions())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	input := onboarding{os.Getenv("CLOUDFLARE_ACCOUNT_ID"), os.Args[1], "after-approval"}
	if err := run(context.Background(), c, input, decision{os.Args[2], os.Args[3]}); err != nil {
		log.Fatal(describe(err))
	}
}

func run(ctx context.Context, c client.Client, input onboarding, approval decision) error {
	handle, err := startOrJoin(ctx, c, input)
	if err != nil {
		return err
	}
	if err := showAndApprove(ctx, c, handle.GetID(), approval); err != nil {
		return err
	}
	var result map[string]any
	if err := handle.Get(ctx, &result); err != nil {
		return err
	}
	fmt.Println(result)
	return nil
}

func startOrJoin(ctx context.Context, c client.Client, input onboarding) (client.WorkflowRun, error) {
	// The domain in lower-case ASCII. The worker rejects any other id, because the id prevents two runs for one domain.
	id := fmt.Sprintf("sso/%s/%s", input.AccountID, input.EmailDomain)
	handle, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:        id,
		TaskQueue: "sso-onboarding",
		// USE_EXISTING would ignore this input silently, and so would this SDK without the second option.
		// No timeouts and no retry policy: the worker rejects them.
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, workflowType, input)
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &started) {
		return handle, err
	}
	first, err := c.GetWorkflowHistory(ctx, id, started.RunId, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT).Next()
	if err != nil {
		return nil, err
	}
	attributes := first.GetWorkflowExecutionStartedEventAttributes()
	var running onboarding
	if err := converter.GetDefaultDataConverter().FromPayloads(attributes.GetInput(), &running); err != nil {
		return nil, err
	}
	// Fields that this program does not set are not compared: other clients fill in defaults.
	if attributes.GetWorkflowType().GetName() != workflowType || running != input {
		return nil, fmt.Errorf("%s is in use: %s %+v is running", input.EmailDomain, attributes.GetWorkflowType().GetName(), running)
	}
	fmt.Println(input.EmailDomain, "is being onboarded already with the same input; showing that run")
	return c.GetWorkflow(ctx, id, started.RunId), nil
}

// Shows the phases until the run waits for approval, and approves; or until the run has ended.
func showAndApprove(ctx context.Context, c client.Client, id string, approval decision) error {
	for shown := "-"; ; time.Sleep(time.Second) {
		description, err := c.DescribeWorkflow(ctx, id, "")
		if err != nil {
			return err
		}
		if description.Status != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return nil
		}
		phase := phaseOf(ctx, c, id)
		if phase == "" && shown != phase {
			fmt.Println("no worker answers")
		} else if shown != phase {
			fmt.Println(phase)
		}
		shown = phase
		if phase == "waiting-for-approval" {
			return approve(ctx, c, id, approval)
		}
	}
}

// Empty: no worker answers.
func phaseOf(ctx context.Context, c client.Client, id string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var status struct {
		Phase string `json:"phase"`
	}
	if value, err := c.QueryWorkflow(ctx, id, "", "status"); err != nil || value.Get(&status) != nil {
		return ""
	}
	return status.Phase
}

func approve(ctx context.Context, c client.Client, id string, approval decision) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	update, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id,
		UpdateName: "approve",
		// The same id sent twice is one answer. An answer that no worker accepts in time is not recorded.
		UpdateID:     "approve-by-" + approval.By,
		Args:         []any{approval},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	if err := update.Get(ctx, nil); err != nil {
		return fmt.Errorf("not approved: %w", err)
	}
	fmt.Println("approved by", approval.By)
	return nil
}

// The details of "Undone" are a report of what was undone and what is left.
func describe(err error) string {
	var application *temporal.ApplicationError
	if !errors.As(err, &application) {
		return err.Error()
	}
	var details map[string]any
	_ = application.Details(&details)
	return fmt.Sprintf("%s: %s %v", application.Type(), application.Message(), details)
}
