package ecstest

// codedeploy is what a region's CodeDeploy keeps.
type codedeploy struct{}

type codedeployGroup struct{}

func codedeployOperations() map[string]operation { return nil }
