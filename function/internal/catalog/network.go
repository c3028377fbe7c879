package catalog

import "time"

// network is what a region's network is made of. Times are estimates unless a source is given.
func network() []row {
	return []row{
		{
			service: "ec2", kind: "VPC", terraform: "aws_vpc",
			// The CIDR is ForceNew in CustomizeDiff. The IPv6 block is not, but law 3 covers every CIDR.
			immutable: []string{
				"cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length", "ipv6_cidr_block", "ipv6_ipam_pool_id",
				"ipv6_netmask_length",
			},
			readyIn: time.Minute,
		},
		{
			service: "ec2", kind: "VPCIPv4CidrBlockAssociation", terraform: "aws_vpc_ipv4_cidr_block_association",
			immutable: []string{"cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length", "vpc_id"},
			readyIn:   time.Minute,
		},
		{
			service: "ec2", kind: "Subnet", terraform: "aws_subnet",
			zone: "availability_zone", zoneID: "availability_zone_id",
			immutable: []string{
				"cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length", "ipv6_cidr_block", "ipv6_ipam_pool_id",
				"ipv6_native", "ipv6_netmask_length", "outpost_arn", "vpc_id",
			},
			readyIn: time.Minute,
		},
		{
			service: "ec2", kind: "SecurityGroup", terraform: "aws_security_group",
			identity:  "name",
			immutable: []string{"description", "vpc_id"},
			readyIn:   time.Minute,
		},
		{
			service: "ec2", kind: "RouteTable", terraform: "aws_route_table",
			immutable: []string{"vpc_id"},
			readyIn:   time.Minute,
		},
		{
			// An internet gateway can be attached to another VPC: nothing of it is ForceNew.
			service: "ec2", kind: "InternetGateway", terraform: "aws_internet_gateway",
			readyIn: time.Minute,
		},
		{
			// Zonal through its subnet.
			service: "ec2", kind: "NATGateway", terraform: "aws_nat_gateway",
			immutable: []string{
				"allocation_id", "availability_mode", "connectivity_type", "private_ip", "subnet_id", "vpc_id",
			},
			readyIn: 5 * time.Minute,
		},
		{
			service: "ec2", kind: "EIP", terraform: "aws_eip",
			immutable: []string{"address", "domain", "ipam_pool_id", "network_border_group", "public_ipv4_pool"},
			readyIn:   time.Minute,
		},
	}
}

// balancers is load balancers, classic and new. Times are estimates.
func balancers() []row {
	return []row{
		{
			service: "elbv2", kind: "LB", terraform: "aws_lb",
			// 32: API_CreateLoadBalancer, Name. Subnets are ForceNew on some network load balancers only.
			identity: "name", nameLimit: 32,
			immutable: []string{"customer_owned_ipv4_pool", "internal", "load_balancer_type"},
			readyIn:   5 * time.Minute,
		},
		{
			service: "elbv2", kind: "LBTargetGroup", terraform: "aws_lb_target_group",
			// 32: API_CreateTargetGroup, Name.
			identity: "name", nameLimit: 32,
			immutable: []string{
				"ip_address_type", "port", "protocol", "protocol_version", "target_control_port", "target_type", "vpc_id",
			},
			readyIn: time.Minute,
		},
		{
			service: "elb", kind: "ELB", terraform: "aws_elb",
			// 32: the Classic API's CreateLoadBalancer, LoadBalancerName.
			nameLimit: 32, zones: "availability_zones",
			immutable: []string{"internal"},
			readyIn:   5 * time.Minute,
		},
	}
}
