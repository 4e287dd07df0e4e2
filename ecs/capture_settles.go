package ecs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// listedFor is how long ECS lists a service deployment. Whether the one that runs is spared is not documented.
const listedFor = 90 * 24 * time.Hour

// settles says which of the points that AWS does not document a capture shows: whether the deployment that runs stays listed, how late
// the list is, and for which controllers there is none.
func settles(answers []captured, now time.Time) (points []string) {
	var services struct{ Services []capturedService }
	var list *capturedList
	for _, a := range answers {
		switch {
		case a.Operation == "DescribeServices" && len(services.Services) == 0:
			remake(a.Answer, &services)
		case a.Operation == "ListServiceDeployments" && list == nil:
			list = &capturedList{}
			remake(a.Answer, list)
		}
	}
	if list == nil || len(services.Services) != 1 {
		return nil
	}
	s := services.Services[0]
	if strings.HasSuffix(list.Type, "UnsupportedFeatureException") {
		return append(points, "ListServiceDeployments is not supported with the controller "+cmp.Or(s.DeploymentController.Type, past.ControllerECS))
	}
	for _, d := range s.Deployments {
		if d.Status != "PRIMARY" || list.ServiceDeployments == nil {
			continue
		}
		said, age := "is listed", now.Sub(time.UnixMilli(int64(d.CreatedAt*1000)))
		if !list.has(strings.TrimPrefix(d.ID, "ecs-svc/")) {
			said = "is not listed"
		}
		switch {
		case age > listedFor:
			points = append(points, "the deployment that runs "+said+" after more than 90 days")
		case age < 10*time.Minute:
			points = append(points, fmt.Sprintf("a deployment %s %s after it began", said, age.Round(time.Second)))
		}
	}
	return points
}

type capturedService struct {
	DeploymentController struct{ Type string }
	Deployments          []struct {
		ID, Status string
		CreatedAt  float64
	}
}

type capturedList struct {
	Type               string `json:"__type"`
	ServiceDeployments []struct{ TargetServiceRevisionArn string }
}

// has reports whether a deployment of a service revision is listed; both have the same number.
func (l *capturedList) has(number string) bool {
	for _, d := range l.ServiceDeployments {
		if strings.HasSuffix(d.TargetServiceRevisionArn, "/"+number) {
			return true
		}
	}
	return false
}

// remake reads what was decoded into a type of its own; what does not fit is left out.
func remake(value, into any) {
	if text, err := json.Marshal(value); err == nil {
		_ = json.Unmarshal(text, into)
	}
}
