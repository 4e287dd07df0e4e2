package ecstest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask sends one raw call and returns status and body.
func ask(t *testing.T, s *Server, target, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", target)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	out, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(out)
}

const (
	ecsTarget = "AmazonEC2ContainerServiceV20141113."
	ecrTarget = "AmazonEC2ContainerRegistry_V20150921."
)

func TestRefusals(t *testing.T) {
	const world = `
		cluster prod
		register web v1 v2 v3
		register other v1
		deploy prod/web 1 2
		deregister web:1
		service prod/cd controller=CODE_DEPLOY
		deploy prod/cd web:2
		service prod/ext controller=EXTERNAL
		deploy prod/ext web:2
		service prod/agent scheduling=DAEMON
		deploy prod/agent web:2
		deploy prod/gone web:2
		status prod/gone INACTIVE
		delete other:1
		unsupported prod/agent
	`
	eleven := `["a","b","c","d","e","f","g","h","i","j","k"]`
	for _, test := range []struct{ operation, body, code, message string }{
		{"NoSuchThing", `{}`, "UnknownOperationException", "NoSuchThing"},
		{"ListServices", `{"cluster":"prod","maxresult":5}`, "SerializationException", "maxresult"},
		{"ListServices", `{"cluster":"prod","maxResults":101}`, "InvalidParameterException", "between 1 and 100"},
		{"ListServices", `{"cluster":"prod","nextToken":"zzz"}`, "InvalidParameterException", "Invalid token"},
		{"ListServices", `{"cluster":"none"}`, "ClusterNotFoundException", "Cluster not found."},
		{"DescribeServices", `{"cluster":"prod","services":` + eleven + `}`, "InvalidParameterException", "service names can have at most 10 items."},
		{"DescribeServices", `{"cluster":"prod"}`, "InvalidParameterException", "empty"},
		{"UpdateService", `{"cluster":"prod","service":"web","taskDefinition":"web:1"}`, "ClientException", "TaskDefinition is inactive"},
		{"UpdateService", `{"cluster":"prod","service":"web","taskDefinition":"web:9"}`, "ClientException", "TaskDefinition not found."},
		{"UpdateService", `{"cluster":"prod","service":"web","taskDefinition":"other:1"}`, "ClientException", "TaskDefinition is inactive"},
		{"UpdateService", `{"cluster":"prod","service":"none","taskDefinition":"web:2"}`, "ServiceNotFoundException", "Service not found."},
		{"UpdateService", `{"cluster":"prod","service":"gone","taskDefinition":"web:2"}`, "ServiceNotActiveException", "Service was not ACTIVE."},
		{"UpdateService", `{"cluster":"prod","service":"cd","taskDefinition":"web:2"}`, "InvalidParameterException", "Unable to update task definition on services with a CODE_DEPLOY deployment controller."},
		{"UpdateService", `{"cluster":"prod","service":"cd","forceNewDeployment":true}`, "InvalidParameterException", "Cannot force a new deployment on services with a CODE_DEPLOY"},
		{"UpdateService", `{"cluster":"prod","service":"ext","taskDefinition":"web:2"}`, "InvalidParameterException", "TaskDefinition must be blank"},
		{"UpdateService", `{"cluster":"prod","service":"agent","desiredCount":2}`, "InvalidParameterException", "daemon scheduling strategy"},
		{"UpdateService", `{"cluster":"prod"}`, "InvalidParameterException", "service"},
		{"DescribeTaskDefinition", `{"taskDefinition":"web:9"}`, "ClientException", "Unable to describe task definition."},
		{"DescribeTaskDefinition", `{"taskDefinition":"other"}`, "ClientException", "Unable to describe task definition."},
		{"RegisterTaskDefinition", `{"family":"x","containerDefinitions":[{"name":"a","image":"b"}],"tags":[]}`, "ClientException", "Tags can not be empty."},
		{"RegisterTaskDefinition", `{"family":"x","containerDefinitions":[{"name":"a","image":"b"}],"tags":[{"key":"AWS:x","value":"y"}]}`, "InvalidParameterException", "aws:"},
		{"RegisterTaskDefinition", `{"family":"x","containerDefinitions":[{"name":"a","image":"b"}],"revision":3}`, "SerializationException", "revision"},
		{"RegisterTaskDefinition", `{"family":"x"}`, "ClientException", "Container list"},
		{"RegisterTaskDefinition", `{"family":"x","containerDefinitions":[{"name":"a","image":"` + strings.Repeat("b", 70000) + `"}]}`, "ClientException", "Max allowed length is '65536' bytes."},
		{"DeregisterTaskDefinition", `{"taskDefinition":"web"}`, "ClientException", "Revision is missing."},
		{"ListServiceDeployments", `{"cluster":"prod","service":"agent"}`, "UnsupportedFeatureException", ""},
		{"ListServiceDeployments", `{"cluster":"prod","service":"none"}`, "ServiceNotFoundException", ""},
		{"StopServiceDeployment", `{"serviceDeploymentArn":"arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/x"}`, "ServiceDeploymentNotFoundException", ""},
		{"StopServiceDeployment", `{"serviceDeploymentArn":"x","stopType":"ABORT"}`, "InvalidParameterException", "ROLLBACK"},
	} {
		t.Run(test.operation+" "+test.code, func(t *testing.T) {
			s := New()
			if err := s.Tell(world); err != nil {
				t.Fatal(err)
			}
			status, body := ask(t, s, ecsTarget+test.operation, test.body)
			if status != 400 || !strings.Contains(body, `"__type":"`+test.code+`"`) || !strings.Contains(body, test.message) {
				t.Errorf("got %d %s, want %s: …%s…", status, body, test.code, test.message)
			}
		})
	}
}

func TestStoryErrors(t *testing.T) {
	for _, test := range []struct{ story, want string }{
		{"cluster prod\ndeplay prod/web 1", `story line 2: deplay prod/web 1: no such verb: "deplay"`},
		{"service prod/web disired=3", `no option "disired"`},
		{"deploy prod/web 1", "TaskDefinition not found."},
		{"register web v1\ndeploy prod/web 1 1", "use force"},
		{"register web v1\ndeploy prod/web 1\nat -3d", "the clock does not go back"},
		{"register web v1\nfault UpdateService nth=x", "nth=x"},
		{"register 'web v1", "not closed"},
		{"deploy prod/{a,b} {1..3}", "the braces have 2 and 3 values"},
		{"rollback prod/web", `no service "web"`},
	} {
		err := New().Tell(test.story)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want …%s…", test.story, err, test.want)
		}
	}
}

func TestStoryErrorUnwraps(t *testing.T) {
	var e *apiError
	if err := New().Tell("deploy prod/web 1"); !errors.As(err, &e) || e.code != "ClientException" {
		t.Errorf("got %v", err)
	}
}
