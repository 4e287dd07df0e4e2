package ecstest

import (
	"encoding/xml"
	"fmt"
)

func stsOperations() map[string]operation {
	return map[string]operation{"sts:GetCallerIdentity": {run: getCallerIdentity}}
}

// caller is the ARN of whoever calls: we know only one.
func (s *Server) caller(region string) string {
	part, _ := partition(region)
	return fmt.Sprintf("arn:%s:sts::%s:assumed-role/tester/session", part, s.account)
}

// STS speaks the query protocol, whose answers are XML.
type callerIdentity struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
	Arn     string   `xml:"GetCallerIdentityResult>Arn"`
	UserID  string   `xml:"GetCallerIdentityResult>UserId"`
	Account string   `xml:"GetCallerIdentityResult>Account"`
	Request string   `xml:"ResponseMetadata>RequestId"`
}

type stsFailure struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
}

func getCallerIdentity(c *call) (any, error) {
	return mustXML(callerIdentity{
		Arn: c.caller(c.region.name), UserID: "AROASIMULATED:session", Account: c.account,
		Request: "00000000-0000-4000-8000-000000000000",
	}), nil
}

func stsError(e *apiError) []byte {
	return mustXML(stsFailure{Type: "Sender", Code: e.code, Message: e.message})
}

func mustXML(v any) []byte {
	b, err := xml.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	return b
}
