package ecstest

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
)

func iamOperations() map[string]operation {
	return map[string]operation{
		"iam:GetRole":                 {run: getRole},
		"iam:SimulatePrincipalPolicy": {run: simulatePolicy},
	}
}

// IAM speaks the query protocol, as STS does.
type roleAnswer struct {
	XMLName xml.Name `xml:"https://iam.amazonaws.com/doc/2010-05-08/ GetRoleResponse"`
	Path    string   `xml:"GetRoleResult>Role>Path"`
	Name    string   `xml:"GetRoleResult>Role>RoleName"`
	ID      string   `xml:"GetRoleResult>Role>RoleId"`
	Arn     string   `xml:"GetRoleResult>Role>Arn"`
	Created string   `xml:"GetRoleResult>Role>CreateDate"`
}

type simulation struct {
	XMLName xml.Name         `xml:"https://iam.amazonaws.com/doc/2010-05-08/ SimulatePrincipalPolicyResponse"`
	Results []simulatedEntry `xml:"SimulatePrincipalPolicyResult>EvaluationResults>member"`
	More    bool             `xml:"SimulatePrincipalPolicyResult>IsTruncated"`
}

type simulatedEntry struct {
	Action   string `xml:"EvalActionName"`
	Resource string `xml:"EvalResourceName"`
	Decision string `xml:"EvalDecision"`
}

// role is the ARN of the role that [Server.caller] is a session of.
func (s *Server) role(region string) string {
	part, _ := partition(region)
	return fmt.Sprintf("arn:%s:iam::%s:role/tester", part, s.account)
}

func getRole(c *call) (any, error) {
	return mustXML(roleAnswer{Path: "/", Name: "tester", ID: "AROASIMULATED", Arn: c.role(c.region.name), Created: "2024-01-01T00:00:00Z"}), nil
}

// simulatePolicy knows what stories denied to the role itself. As in IAM, a service control policy with a condition, which is what
// require-tag is if nothing else is said, is left out.
func simulatePolicy(c *call) (any, error) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, refuse("ValidationError", "%v", err)
	}
	if arn := form.Get("PolicySourceArn"); arn != c.role(c.region.name) {
		return nil, refuse("NoSuchEntity", "The entity %s cannot be found.", arn)
	}
	given := map[string]bool{}
	for name, values := range form {
		if strings.HasSuffix(name, ".ContextKeyName") {
			given[values[0]] = true
		}
	}
	out := simulation{}
	for n := 1; form.Get(fmt.Sprintf("ActionNames.member.%d", n)) != ""; n++ {
		entry := simulatedEntry{form.Get(fmt.Sprintf("ActionNames.member.%d", n)), form.Get("ResourceArns.member.1"), "allowed"}
		if c.deniedByRole(entry.Action, given) {
			entry.Decision = "implicitDeny"
		}
		out.Results = append(out.Results, entry)
	}
	return mustXML(out), nil
}

func (c *call) deniedByRole(action string, given map[string]bool) bool {
	service, operation, _ := strings.Cut(action, ":")
	for _, p := range c.denied {
		if p.body == "" && matches(p.operation, request{service: service, operation: operation}) {
			return true
		}
	}
	if action != "ecs:RegisterTaskDefinition" || !c.tagsByRole {
		return false
	}
	for _, key := range c.requiredTags {
		if !given["aws:RequestTag/"+key] {
			return true
		}
	}
	return false
}
